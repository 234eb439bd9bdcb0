{%- macro tripled(x) -%} 3 * {{ x }} {%- endmacro -%}
{% macro dispatched() %}{{ return(adapter.dispatch('dispatched', 'kinds')()) }}{% endmacro %}
{% macro default__dispatched() %}1{% endmacro %}
