{# Money. #}
{% macro cents(column) %}
    ({{ whole(column ~ ' * 100') }})
{% endmacro %}

{% macro whole(expression) -%}
    cast({{ expression }} as {{ dbt.type_bigint() }})
{%- endmacro %}
