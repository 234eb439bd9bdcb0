with users as (

    select
        user_tier,
        cast(count(*) as integer) as total_users,
        cast(count(case when lifetime_sessions > 0 then 1 end) as integer) as active_users
    from {{ ref('dim_users') }}
    group by user_tier

),

sessions as (

    select
        user_tier,
        {{ session_measures() }}
    from {{ ref('fct_sessions') }}
    group by user_tier

)

select
    users.user_tier,
    users.total_users,
    users.active_users,
    {{ session_measure_columns('sessions') }}
from users
left join sessions
    on users.user_tier = sessions.user_tier
