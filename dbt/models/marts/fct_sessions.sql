-- Most sessions have one generation and need no grouping, which takes a tenth of the time.
{%- set points = {
    'errors': 'friction_error_points',
    'latency': 'friction_latency_points',
    'retries': 'friction_retry_points'
} %}
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
            '1 - ' ~ ratio('successful_generations', 'known_status_count'),
            var('friction_error_weight')
        ) }} as friction_error_points,
        {{ friction_points(
            at_most(
                '1.0',
                ratio('total_latency_ms', 'known_latency_count') ~ ' / '
                ~ var('friction_latency_yardstick_ms')
            ),
            var('friction_latency_weight')
        ) }} as friction_latency_points,
        {{ friction_points(
            at_most(
                '1.0',
                ratio('total_retries', 'known_retry_count') ~ ' / ' ~ var('friction_retry_yardstick')
            ),
            var('friction_retry_weight')
        ) }} as friction_retry_points
    from sessions

),

scored as (

    select
        *,
        {{ known_points(points) }} as all_points
    from parts

),

final as (

    select
        session_id,
        user_id,
        user_tier,
        region,
        device_type,
        session_key,
        session_date,
        session_start,
        session_end,
        {{ rounded(minutes_between('session_start', 'session_end'), 9, 2) }} as session_duration_min,
        total_generations,
        known_status_count,
        successful_generations,
        timeout_count,
        safety_violation_count,
        rate_limited_count,
        model_error_count,
        cancelled_count,
        other_count,
        {{ percent('successful_generations', 'known_status_count') }} as success_rate_pct,
        known_latency_count,
        total_latency_ms,
        {{ rounded(ratio('total_latency_ms', 'known_latency_count'), 9, 1) }} as avg_latency_ms,
        p95_latency_ms,
        max_latency_ms,
        known_cost_count,
        total_cost,
        currency,
        known_retry_count,
        total_retries,
        known_image_count,
        total_images,
        known_feedback_count,
        thumbs_up_count,
        thumbs_down_count,
        known_download_count,
        download_count,
        downloadable_count,
        friction_error_points,
        friction_latency_points,
        friction_retry_points,
        {{ friction_basis(points) }} as friction_basis,
        cast({{ at_most(100, 'all_points') }} as decimal(9, 4)) as friction_score,
        {{ friction_category('all_points') }} as friction_category
    from scored

)

select * from final
