{% macro unit_of() %}piece{% endmacro %}
