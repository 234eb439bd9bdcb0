-- Every mart counts the same sessions.
select
    'fct_generations' as mart,
    count(distinct session_id) as total,
    (select count(*) from {{ ref('fct_sessions') }}) as expected
from {{ ref('fct_generations') }}
having count(distinct session_id) <> (select count(*) from {{ ref('fct_sessions') }})
{% for mart, total in {
    'dim_users': 'sum(lifetime_sessions)',
    'daily_metrics': 'sum(total_sessions)',
    'user_friction_summary': 'sum(total_sessions)'
}.items() %}
union all
select
    '{{ mart }}' as mart,
    {{ total }} as total,
    (select count(*) from {{ ref('fct_sessions') }}) as expected
from {{ ref(mart) }}
having {{ total }} <> (select count(*) from {{ ref('fct_sessions') }})
{% endfor %}
