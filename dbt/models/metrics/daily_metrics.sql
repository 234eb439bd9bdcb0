with sessions as (

    select * from {{ ref('fct_sessions') }}

),

by_day as (

    select
        session_date,
        cast(count(distinct user_id) as integer) as active_users,
        {{ session_measures() }}
    from sessions
    group by session_date

),

days as (

    {{ days_between('(select min(session_date) from by_day)', '(select max(session_date) from by_day)') }}

),

final as (

    select
        days.calendar_date as session_date,
        coalesce(by_day.active_users, 0) as active_users,
        {{ session_measure_columns('by_day') }}
    from days
    left join by_day
        on days.calendar_date = by_day.session_date

)

select * from final
