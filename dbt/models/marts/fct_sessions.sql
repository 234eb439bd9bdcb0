-- Most sessions have one generation and need no grouping, which takes a tenth of the time.
with generations as {{ read_again() }} (

    select * from {{ ref('fct_generations') }}

),

continued as (

    select distinct session_id
    from generations
    where session_id <> generation_id

),

alone as (

    select
        session_id,
        {{ session_columns(is_alone=true) }}
    from generations
    where session_id is not null
        and session_id not in (select session_id from continued)

),

grouped as (

    select
        session_id,
        {{ session_columns(is_alone=false) }}
    from generations
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

),

final as (

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
        cancelled_count,
        other_count,
        {{ percent('successful_generations', 'total_generations') }} as success_rate_pct,
        total_latency_ms,
        cast(
            {{ ratio('total_latency_ms', 'total_generations') }} as decimal(9, 1)
        ) as avg_latency_ms,
        p95_latency_ms,
        max_latency_ms,
        total_cost,
        currency,
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

)

select * from final
