with sessions as (

    select
        session_id,
        min(user_id) as user_id,
        min(session_date) as session_date,
        min(generated_at) as session_start,
        max(generated_at) as session_end,
        cast(count(*) as integer) as total_generations,
        {{ count_status('success') }} as successful_generations,
        {{ count_status('timeout') }} as timeout_count,
        {{ count_status('safety_violation') }} as safety_violation_count,
        {{ count_status('rate_limited') }} as rate_limited_count,
        {{ count_status('model_error') }} as model_error_count,
        cast(sum(latency_ms) as bigint) as total_latency_ms,
        max(latency_ms) as max_latency_ms,
        cast(sum(cost_credits) as decimal(14, 4)) as total_cost_credits,
        cast(sum(retry_count) as integer) as total_retries,
        cast(sum(image_count) as integer) as total_images,
        cast(count(case when feedback = 'thumbs_up' then 1 end) as integer) as thumbs_up_count,
        cast(count(case when feedback = 'thumbs_down' then 1 end) as integer) as thumbs_down_count,
        cast(count(case when downloaded then 1 end) as integer) as download_count
    from {{ ref('fct_generations') }}
    where session_id is not null
    group by session_id

),

-- Of fewer than 20 values the 95th percentile (nearest rank) is the largest: only longer sessions
-- need the sort.
long_sessions as (

    select
        session_id,
        {{ percentile(0.95, 'latency_ms') }} as p95_latency_ms
    from {{ ref('fct_generations') }}
    where session_id in (select session_id from sessions where total_generations >= 20)
    group by session_id

),

scored as (

    select
        *,
        {{ friction_points(
            '1 - 1.0 * successful_generations / total_generations',
            var('friction_error_weight')
        ) }} as friction_error_points,
        {{ friction_points(
            'least(1.0, 1.0 * total_latency_ms / total_generations / '
            ~ var('friction_latency_yardstick_ms') ~ ')',
            var('friction_latency_weight')
        ) }} as friction_latency_points,
        {{ friction_points(
            'least(1.0, 1.0 * total_retries / total_generations / '
            ~ var('friction_retry_yardstick') ~ ')',
            var('friction_retry_weight')
        ) }} as friction_retry_points
    from sessions

)

select
    scored.session_id,
    scored.user_id,
    users.user_tier,
    users.region,
    users.device_type,
    scored.session_date,
    scored.session_start,
    scored.session_end,
    cast(
        {{ minutes_between('scored.session_start', 'scored.session_end') }} as decimal(9, 2)
    ) as session_duration_min,
    scored.total_generations,
    scored.successful_generations,
    scored.timeout_count,
    scored.safety_violation_count,
    scored.rate_limited_count,
    scored.model_error_count,
    {{ percent('scored.successful_generations', 'scored.total_generations') }} as success_rate_pct,
    scored.total_latency_ms,
    cast(1.0 * scored.total_latency_ms / scored.total_generations as decimal(9, 1)) as avg_latency_ms,
    coalesce(long_sessions.p95_latency_ms, scored.max_latency_ms) as p95_latency_ms,
    scored.max_latency_ms,
    scored.total_cost_credits,
    scored.total_retries,
    scored.total_images,
    scored.thumbs_up_count,
    scored.thumbs_down_count,
    scored.download_count,
    scored.friction_error_points,
    scored.friction_latency_points,
    scored.friction_retry_points,
    cast(
        least(
            100,
            scored.friction_error_points + scored.friction_latency_points + scored.friction_retry_points
        ) as decimal(9, 4)
    ) as friction_score,
    case
        when scored.friction_error_points + scored.friction_latency_points + scored.friction_retry_points
            < {{ var('friction_medium_from') }} then 'low'
        when scored.friction_error_points + scored.friction_latency_points + scored.friction_retry_points
            < {{ var('friction_high_from') }} then 'medium'
        else 'high'
    end as friction_category
from scored
left join long_sessions
    on scored.session_id = long_sessions.session_id
left join {{ ref('stg_users') }} as users
    on scored.user_id = users.user_id
