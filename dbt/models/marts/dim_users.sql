with users as (

    select * from {{ ref('stg_users') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

activity as (

    select
        user_id,
        cast(sum(total_generations) as integer) as lifetime_generations,
        cast(count(*) as integer) as lifetime_sessions,
        cast(sum(known_status_count) as integer) as known_status_count,
        cast(sum(successful_generations) as integer) as successful_generations,
        cast(
            {{ in_one_currency('sum(known_cost_count)', 'sum(' ~ in_main('known_cost_count') ~ ')', '0') }}
            as integer
        ) as known_cost_count,
        cast(
            {{ in_one_currency('sum(total_cost)', 'sum(' ~ in_main('total_cost') ~ ')') }} as decimal(28, 8)
        ) as lifetime_cost,
        {{ in_one_currency('min(currency)', 'max(' ~ in_main('currency') ~ ')') }} as currency,
        min(session_start) as first_generation_at,
        max(session_end) as last_generation_at
    from sessions
    group by user_id

),

final as (

    select
        users.user_id,
        users.user_name,
        {{ word('users.user_tier', 'user_tier') }} as user_tier,
        {{ word('users.region', 'region') }} as region,
        {{ word('users.device_type', 'device_type') }} as device_type,
        users.signup_at,
        users.cohort_week,
        users.signup_origin,
        users.traits_origin,
        coalesce(activity.lifetime_generations, 0) as lifetime_generations,
        coalesce(activity.lifetime_sessions, 0) as lifetime_sessions,
        coalesce(activity.known_cost_count, 0) as known_cost_count,
        case when activity.user_id is null then 0 else activity.lifetime_cost end as lifetime_cost,
        activity.currency,
        coalesce(activity.known_status_count, 0) as known_status_count,
        {{ percent('activity.successful_generations', 'activity.known_status_count') }}
            as success_rate_pct,
        activity.first_generation_at,
        activity.last_generation_at
    from users
    left join activity
        on users.user_id = activity.user_id

)

select * from final
