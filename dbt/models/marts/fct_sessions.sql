-- Sessions of one generation, as most are, need no grouping: a tenth of the time.
with continued as (

    select distinct session_id
    from {{ ref('fct_generations') }}
    where session_id <> generation_id

),

alone as (

    select
        session_id,
        user_id,
        user_tier,
        region,
        device_type,
        session_date,
        generated_at as session_start,
        generated_at as session_end,
        1 as total_generations,
        {{ flag("status = 'success'") }} as successful_generations,
        {{ flag("status = 'timeout'") }} as timeout_count,
        {{ flag("status = 'safety_violation'") }} as safety_violation_count,
        {{ flag("status = 'rate_limited'") }} as rate_limited_count,
        {{ flag("status = 'model_error'") }} as model_error_count,
        cast(latency_ms as bigint) as total_latency_ms,
        latency_ms as p95_latency_ms,
        latency_ms as max_latency_ms,
        cast(cost_credits as decimal(14, 4)) as total_cost_credits,
        cast(retry_count as integer) as total_retries,
        image_count as total_images,
        {{ flag("feedback = 'thumbs_up'") }} as thumbs_up_count,
        {{ flag("feedback = 'thumbs_down'") }} as thumbs_down_count,
        {{ flag("downloaded") }} as download_count
    from {{ ref('fct_generations') }}
    where session_id is not null
        and session_id not in (select session_id from continued)

),

grouped as (

    select
        session_id,
        min(user_id) as user_id,
        min(user_tier) as user_tier,
        min(region) as region,
        min(device_type) as device_type,
        min(session_date) as session_date,
        min(generated_at) as session_start,
        max(generated_at) as session_end,
        cast(count(*) as integer) as total_generations,
        {{ count_where("status = 'success'") }} as successful_generations,
        {{ count_where("status = 'timeout'") }} as timeout_count,
        {{ count_where("status = 'safety_violation'") }} as safety_violation_count,
        {{ count_where("status = 'rate_limited'") }} as rate_limited_count,
        {{ count_where("status = 'model_error'") }} as model_error_count,
        cast(sum(latency_ms) as bigint) as total_latency_ms,
        {{ percentile(0.95, 'latency_ms') }} as p95_latency_ms,
        max(latency_ms) as max_latency_ms,
        cast(sum(cost_credits) as decimal(14, 4)) as total_cost_credits,
        cast(sum(retry_count) as integer) as total_retries,
        cast(sum(image_count) as integer) as total_images,
        {{ count_where("feedback = 'thumbs_up'") }} as thumbs_up_count,
        {{ count_where("feedback = 'thumbs_down'") }} as thumbs_down_count,
        {{ count_where("downloaded") }} as download_count
    from {{ ref('fct_generations') }}
    where session_id in (select session_id from continued)
    group by session_id

),

sessions as (

    select * from alone
    union all
    select * from grouped

),

parts as (

    select
        *,
        {{ friction_points(
            '1 - ' ~ ratio('successful_generations', 'total_generations'),
            var('friction_error_weight')
        ) }} as friction_error_points,
        {{ friction_points(
            'least(1.0, ' ~ ratio('total_latency_ms', 'total_generations') ~ ' / '
            ~ var('friction_latency_yardstick_ms') ~ ')',
            var('friction_latency_weight')
        ) }} as friction_latency_points,
        {{ friction_points(
            'least(1.0, ' ~ ratio('total_retries', 'total_generations') ~ ' / '
            ~ var('friction_retry_yardstick') ~ ')',
            var('friction_retry_weight')
        ) }} as friction_retry_points
    from sessions

),

scored as (

    select
        *,
        friction_error_points + friction_latency_points + friction_retry_points as all_points
    from parts

)

select
    session_id,
    user_id,
    user_tier,
    region,
    device_type,
    session_date,
    session_start,
    session_end,
    cast(
        {{ minutes_between('session_start', 'session_end') }} as decimal(9, 2)
    ) as session_duration_min,
    total_generations,
    successful_generations,
    timeout_count,
    safety_violation_count,
    rate_limited_count,
    model_error_count,
    {{ percent('successful_generations', 'total_generations') }} as success_rate_pct,
    total_latency_ms,
    cast(
        {{ ratio('total_latency_ms', 'total_generations') }} as decimal(9, 1)
    ) as avg_latency_ms,
    p95_latency_ms,
    max_latency_ms,
    total_cost_credits,
    total_retries,
    total_images,
    thumbs_up_count,
    thumbs_down_count,
    download_count,
    friction_error_points,
    friction_latency_points,
    friction_retry_points,
    cast(least(100, all_points) as decimal(9, 4)) as friction_score,
    {{ friction_category('all_points') }} as friction_category
from scored
