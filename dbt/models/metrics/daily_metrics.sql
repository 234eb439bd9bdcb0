with sessions as (

    select
        session_date,
        cast(count(distinct user_id) as integer) as active_users,
        {{ session_measures() }}
    from {{ ref('fct_sessions') }}
    group by session_date

),

days as (

    {{ days_between('(select min(session_date) from sessions)', '(select max(session_date) from sessions)') }}

)

select
    days.calendar_date as session_date,
    coalesce(sessions.active_users, 0) as active_users,
    {{ session_measure_columns('sessions') }}
from days
left join sessions
    on days.calendar_date = sessions.session_date
