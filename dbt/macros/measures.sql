{#- The session measures in every metrics table: first sums and counts, then averages and rates as ratios of
    these. What no session knows is null; averages and rates are over what is known. -#}

{%- macro session_sums() -%}
{{ return([
    'total_generations', 'known_status_count', 'successful_generations', 'timeout_count',
    'safety_violation_count', 'rate_limited_count', 'model_error_count', 'cancelled_count', 'other_count',
    'known_latency_count', 'known_retry_count', 'total_retries', 'known_image_count', 'total_images',
    'known_feedback_count', 'thumbs_up_count', 'thumbs_down_count', 'known_download_count',
    'download_count', 'downloadable_count'
]) }}
{%- endmacro -%}

{#- Costs are those in the main currency: no others are added to them. -#}
{%- macro session_measures() -%}
cast(count(*) as integer) as total_sessions,
{%- for column in session_sums() %}
        cast(sum({{ column }}) as integer) as {{ column }},
{%- endfor %}
        cast(sum(total_latency_ms) as bigint) as total_latency_ms,
        cast(coalesce(sum({{ in_main('known_cost_count') }}), 0) as integer) as known_cost_count,
        cast(sum({{ in_main('total_cost') }}) as decimal(28, 8)) as total_cost,
        max({{ in_main('currency') }}) as currency,
        cast(count({{ in_main('total_cost') }}) as integer) as sessions_with_cost,
        cast(count(friction_score) as integer) as sessions_with_friction,
        cast(sum(friction_score) as decimal(18, 4)) as total_friction_score
{%- endmacro -%}

{%- macro session_measure_columns(sessions) -%}
{#- Where there are no sessions, nothing is unknown. -#}
{%- set without_sessions = 'when ' ~ sessions ~ '.total_sessions is null then 0' -%}
coalesce({{ sessions }}.total_sessions, 0) as total_sessions,
{%- for column in session_sums() + ['known_cost_count', 'total_cost'] %}
    case {{ without_sessions }} else {{ sessions }}.{{ column }} end as {{ column }},
{%- endfor %}
    {{ sessions }}.currency,
    case {{ without_sessions }} else {{ sessions }}.sessions_with_friction end as sessions_with_friction,
    {{ average(sessions, 'total_friction_score', 'sessions_with_friction', 7, 4) }} as avg_friction_score,
    {{ percent(sessions ~ '.successful_generations', sessions ~ '.known_status_count') }}
        as success_rate_pct,
    {{ average(sessions, 'total_latency_ms', 'known_latency_count', 9, 1) }} as avg_latency_ms,
    {{ percent(sessions ~ '.download_count', sessions ~ '.downloadable_count') }}
        as download_rate_pct,
    {{ percent(
        sessions ~ '.thumbs_up_count + ' ~ sessions ~ '.thumbs_down_count',
        sessions ~ '.known_feedback_count'
    ) }} as feedback_rate_pct,
    {{ average(sessions, 'total_cost', 'sessions_with_cost', 28, 8) }} as avg_session_cost
{%- endmacro -%}

{%- macro average(sessions, total, count, precision, scale) -%}
{{ rounded(ratio(sessions ~ '.' ~ total, 'nullif(' ~ sessions ~ '.' ~ count ~ ', 0)'), precision, scale) }}
{%- endmacro -%}
