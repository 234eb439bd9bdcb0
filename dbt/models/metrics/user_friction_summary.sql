with users as (

    select * from {{ ref('dim_users') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

users_by_tier as (

    select
        user_tier,
        cast(count(*) as integer) as total_users,
        cast(count(case when lifetime_sessions > 0 then 1 end) as integer) as active_users
    from users
    group by user_tier

),

sessions_by_tier as (

    select
        user_tier,
        {{ session_measures() }}
    from sessions
    group by user_tier

),

final as (

    select
        users_by_tier.user_tier,
        users_by_tier.total_users,
        users_by_tier.active_users,
        {{ session_measure_columns('sessions_by_tier') }}
    from users_by_tier
    left join sessions_by_tier
        on users_by_tier.user_tier = sessions_by_tier.user_tier

)

select * from final
