{#- What makes a session: 'gap', 'key' or 'both', as the var says. -#}
{%- macro session_by() -%}
{%- set by = var('session_by') -%}
{%- if by not in ['gap', 'key', 'both'] -%}
{{ exceptions.raise_compiler_error("session_by is gap, key or both, not '" ~ by ~ "'") }}
{%- endif -%}
{{ return(by) }}
{%- endmacro -%}

{#- The columns of a session: of a single generation (`is_alone`), which needs no grouping, or of
    several generations, grouped. What no generation knows is null; beside the others stands how many
    of the generations know it. -#}
{%- macro session_columns(is_alone) -%}
{{ smallest('user_id', is_alone) }} as user_id,
        {{ of_first('user_tier', is_alone) }} as user_tier,
        {{ of_first('region', is_alone) }} as region,
        {{ of_first('device_type', is_alone) }} as device_type,
        {{ session_key(is_alone) }} as session_key,
        {{ smallest('session_date', is_alone) }} as session_date,
        {{ smallest('generated_at', is_alone) }} as session_start,
        {{ largest('generated_at', is_alone) }} as session_end,
        {{ '1' if is_alone else 'cast(count(*) as integer)' }} as total_generations,
        {{ count_true('status is not null', is_alone) }} as known_status_count,
{%- for status, column in status_columns().items() %}
        {{ count_true("status = '" ~ status ~ "'", is_alone) }} as {{ column }},
{%- endfor %}
        {{ count_true('latency_ms is not null', is_alone) }} as known_latency_count,
        {{ total('latency_ms', 'bigint', is_alone) }} as total_latency_ms,
        {{ 'latency_ms' if is_alone else percentile(0.95, 'latency_ms') }} as p95_latency_ms,
        {{ largest('latency_ms', is_alone) }} as max_latency_ms,
        {%- if is_alone %}
        {{ count_true('cost is not null', is_alone) }} as known_cost_count,
        {{ total('cost', 'decimal(28, 8)', is_alone) }} as total_cost,
        currency,
        {%- else %}
        cast({{ in_one_currency('count(cost)', 'count(' ~ in_main('cost') ~ ')', '0') }} as integer)
            as known_cost_count,
        cast({{ in_one_currency('sum(cost)', 'sum(' ~ in_main('cost') ~ ')') }} as decimal(28, 8))
            as total_cost,
        {{ in_one_currency('min(currency)', 'max(' ~ in_main('currency') ~ ')') }} as currency,
        {%- endif %}
        {{ count_true('retry_count is not null', is_alone) }} as known_retry_count,
        {{ total('retry_count', 'integer', is_alone) }} as total_retries,
        {{ count_true('image_count is not null', is_alone) }} as known_image_count,
        {{ total('image_count', 'integer', is_alone) }} as total_images,
        {{ count_true(knows_feedback(), is_alone) }} as known_feedback_count,
        {{ count_true(is_feedback('thumbs_up'), is_alone) }} as thumbs_up_count,
        {{ count_true(is_feedback('thumbs_down'), is_alone) }} as thumbs_down_count,
        {{ count_true('downloaded is not null', is_alone) }} as known_download_count,
        {{ count_true('downloaded', is_alone) }} as download_count,
        {{ count_true(is_downloadable(), is_alone) }} as downloadable_count
{%- endmacro -%}

{#- The columns that count generations by status. -#}
{%- macro status_columns() -%}
{{ return({
    'success': 'successful_generations',
    'timeout': 'timeout_count',
    'safety_violation': 'safety_violation_count',
    'rate_limited': 'rate_limited_count',
    'model_error': 'model_error_count',
    'cancelled': 'cancelled_count',
    'other': 'other_count'
}) }}
{%- endmacro -%}

{#- No feedback is known to be none, unless its origin is unknown. -#}
{%- macro knows_feedback() -%}
feedback_origin <> 'unknown'
{%- endmacro -%}

{%- macro is_feedback(feedback) -%}
case when feedback_origin <> 'unknown' then coalesce(feedback = '{{ feedback }}', false) end
{%- endmacro -%}

{#- Whether it is known if the image was downloaded, and there is one: it is not known to have failed. -#}
{%- macro is_downloadable() -%}
downloaded is not null and (downloaded or status is null or status = 'success')
{%- endmacro -%}

{#- A value where the currency is the main one, else null. -#}
{%- macro in_main(value) -%}
case when currency = {{ main_currency() }} then {{ value }} end
{%- endmacro -%}

{#- Costs of several currencies are never added up: of these, only those in the main currency count.
    `main_value` is the value over them, `value` that over all. -#}
{%- macro in_one_currency(value, main_value, otherwise='null') -%}
case
            when min(currency) = max(currency) then {{ value }}
            when count({{ in_main('currency') }}) > 0 then {{ main_value }}
            else {{ otherwise }}
        end
{%- endmacro -%}

{#- Null where keys make no sessions. -#}
{%- macro session_key(is_alone) -%}
{{ 'cast(null as ' ~ text_type() ~ ')' if session_by() == 'gap' else of_first('session_key', is_alone) }}
{%- endmacro -%}

{#- The value of the session's first generation. -#}
{%- macro of_first(value, is_alone) -%}
{{ value if is_alone else 'max(case when generation_id = session_id then ' ~ value ~ ' end)' }}
{%- endmacro -%}

{%- macro smallest(value, is_alone) -%}
{{ value if is_alone else 'min(' ~ value ~ ')' }}
{%- endmacro -%}

{%- macro largest(value, is_alone) -%}
{{ value if is_alone else 'max(' ~ value ~ ')' }}
{%- endmacro -%}

{%- macro total(value, type, is_alone) -%}
cast({{ value if is_alone else 'sum(' ~ value ~ ')' }} as {{ type }})
{%- endmacro -%}

{#- How often the condition is true; null if it is always unknown. -#}
{%- macro count_true(condition, is_alone) -%}
{%- if is_alone -%}
cast({{ condition }} as integer)
{%- else -%}
cast(sum(cast({{ condition }} as integer)) as integer)
{%- endif -%}
{%- endmacro -%}
