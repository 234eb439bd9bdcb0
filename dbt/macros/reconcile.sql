{#- A row for each mart whose total differs from that of raw_generations. `marts` maps a model to
    the expression of its total. -#}
{%- macro reconcile(expected, marts) -%}
with raw as (select {{ expected }} as expected from {{ source('raw', 'raw_generations') }})
{% for mart, total in marts.items() %}
select
    '{{ mart }}' as mart,
    {{ total }} as total,
    (select expected from raw) as expected
from {{ ref(mart) }}
having coalesce({{ total }}, 0) <> (select coalesce(expected, 0) from raw)
{% if not loop.last %}union all{% endif %}
{% endfor %}
{%- endmacro -%}
