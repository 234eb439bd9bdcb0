{#- The session measures in every metrics table: first sums and counts, then averages and rates as ratios of
    these. -#}

{%- macro session_sums() -%}
{{ return([
    'total_generations', 'successful_generations', 'timeout_count', 'safety_violation_count',
    'rate_limited_count', 'model_error_count', 'cancelled_count', 'other_count', 'total_retries',
    'total_images', 'thumbs_up_count', 'thumbs_down_count', 'download_count'
]) }}
{%- endmacro -%}

{%- macro session_measures() -%}
cast(count(*) as integer) as total_sessions,
{%- for column in session_sums() %}
        cast(sum({{ column }}) as integer) as {{ column }},
{%- endfor %}
        cast(sum(total_latency_ms) as bigint) as total_latency_ms,
        cast(sum(total_cost) as decimal(28, 8)) as total_cost,
        min(currency) as currency,
        cast(sum(friction_score) as decimal(18, 4)) as total_friction_score
{%- endmacro -%}

{%- macro session_measure_columns(sessions) -%}
coalesce({{ sessions }}.total_sessions, 0) as total_sessions,
{%- for column in session_sums() %}
    coalesce({{ sessions }}.{{ column }}, 0) as {{ column }},
{%- endfor %}
    coalesce({{ sessions }}.total_cost, 0) as total_cost,
    {{ sessions }}.currency,
    cast(1.0 * {{ sessions }}.total_friction_score / {{ sessions }}.total_sessions as decimal(7, 4))
        as avg_friction_score,
    {{ percent(sessions ~ '.successful_generations', sessions ~ '.total_generations') }}
        as success_rate_pct,
    cast(1.0 * {{ sessions }}.total_latency_ms / {{ sessions }}.total_generations as decimal(9, 1))
        as avg_latency_ms,
    {{ percent(sessions ~ '.download_count', sessions ~ '.successful_generations') }}
        as download_rate_pct,
    {{ percent(
        sessions ~ '.thumbs_up_count + ' ~ sessions ~ '.thumbs_down_count',
        sessions ~ '.total_generations'
    ) }} as feedback_rate_pct,
    cast({{ sessions }}.total_cost / {{ sessions }}.total_sessions as decimal(28, 8))
        as avg_session_cost
{%- endmacro -%}
