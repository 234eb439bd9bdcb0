-- A tier may have sessions and no users, if users left it, and either may be unknown.
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

tiers as (

    select user_tier from users_by_tier
    union
    select user_tier from sessions_by_tier

),

final as (

    select
        tiers.user_tier,
        coalesce(users_by_tier.total_users, 0) as total_users,
        coalesce(users_by_tier.active_users, 0) as active_users,
        {{ session_measure_columns('sessions_by_tier') }}
    from tiers
    left join users_by_tier
        on tiers.user_tier is not distinct from users_by_tier.user_tier
    left join sessions_by_tier
        on tiers.user_tier is not distinct from sessions_by_tier.user_tier

)

select * from final
