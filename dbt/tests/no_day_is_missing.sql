-- Every day from the first session to the last has exactly one row.
select
    count(*) as days,
    min(session_date) as first_day,
    max(session_date) as last_day
from {{ ref('daily_metrics') }}
having count(*) <> count(distinct session_date)
    or count(*) <> {{ days_after('min(session_date)', 'max(session_date)') }} + 1
    or min(session_date) <> (select min(session_date) from {{ ref('fct_sessions') }})
    or max(session_date) <> (select max(session_date) from {{ ref('fct_sessions') }})
