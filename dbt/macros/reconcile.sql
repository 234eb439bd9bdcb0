{#- A row for each mart whose total differs from the sum of `value` in raw_generations. For
    fct_generations that sum is over all generations; for the other marts it is over generations in
    sessions, which are those with a user. `marts` maps a model to the expression for its total. -#}
{%- macro reconcile(value, marts) -%}
with raw as (

    select
        sum({{ value }}) as all_generations,
        sum(case when user_id is not null then {{ value }} end) as in_sessions
    from {{ source('raw', 'raw_generations') }}

)
{% for mart, total in marts.items() %}
{%- set expected = 'all_generations' if mart == 'fct_generations' else 'in_sessions' %}
select
    '{{ mart }}' as mart,
    {{ total }} as total,
    (select {{ expected }} from raw) as expected
from {{ ref(mart) }}
having coalesce({{ total }}, 0) <> (select coalesce({{ expected }}, 0) from raw)
{% if not loop.last %}union all{% endif %}
{% endfor %}
{%- endmacro -%}
