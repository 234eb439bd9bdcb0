{#- The columns of a session: of a single generation (`is_alone`), which needs no grouping, or of
    several generations, grouped. -#}
{%- macro session_columns(is_alone) -%}
{{ smallest('user_id', is_alone) }} as user_id,
        {{ of_first('user_tier', is_alone) }} as user_tier,
        {{ of_first('region', is_alone) }} as region,
        {{ of_first('device_type', is_alone) }} as device_type,
        {{ smallest('session_date', is_alone) }} as session_date,
        {{ smallest('generated_at', is_alone) }} as session_start,
        {{ largest('generated_at', is_alone) }} as session_end,
        {{ '1' if is_alone else 'cast(count(*) as integer)' }} as total_generations,
        {{ count_where("status = 'success'", is_alone) }} as successful_generations,
        {{ count_where("status = 'timeout'", is_alone) }} as timeout_count,
        {{ count_where("status = 'safety_violation'", is_alone) }} as safety_violation_count,
        {{ count_where("status = 'rate_limited'", is_alone) }} as rate_limited_count,
        {{ count_where("status = 'model_error'", is_alone) }} as model_error_count,
        {{ count_where("status = 'cancelled'", is_alone) }} as cancelled_count,
        {{ count_where("status = 'other'", is_alone) }} as other_count,
        {{ total('latency_ms', 'bigint', is_alone) }} as total_latency_ms,
        {{ 'latency_ms' if is_alone else percentile(0.95, 'latency_ms') }} as p95_latency_ms,
        {{ largest('latency_ms', is_alone) }} as max_latency_ms,
        {{ total('cost', 'decimal(28, 8)', is_alone) }} as total_cost,
        {{ smallest('currency', is_alone) }} as currency,
        {{ total('retry_count', 'integer', is_alone) }} as total_retries,
        {{ total('image_count', 'integer', is_alone) }} as total_images,
        {{ count_where("feedback = 'thumbs_up'", is_alone) }} as thumbs_up_count,
        {{ count_where("feedback = 'thumbs_down'", is_alone) }} as thumbs_down_count,
        {{ count_where('downloaded', is_alone) }} as download_count
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

{%- macro count_where(condition, is_alone) -%}
{%- if is_alone -%}
case when {{ condition }} then 1 else 0 end
{%- else -%}
cast(count(case when {{ condition }} then 1 end) as integer)
{%- endif -%}
{%- endmacro -%}
