-- A re-roll is a retry. If the data shows re-rolls, the raw retry_count is null, and asked_before_at
-- says when the same user last asked for the same prompt with other settings or another seed.
-- Tier, region and device are those of the event; where it has none, those of its user.
-- Generations of unknown users are kept, but belong to no session.
with generations as (

    select * from {{ ref('stg_generations') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

users as (

    select * from {{ ref('stg_users') }}

),

placed as (

    select
        generations.*,
        case
            when generations.user_id is not null
                then coalesce(sessions.session_id, generations.generation_id)
        end as session_id,
        case
            when generations.user_id is not null
                then coalesce(sessions.session_start, generations.generated_at)
        end as session_start
    from generations
    left join sessions
        on generations.generation_id = sessions.generation_id

),

final as (

    select
        placed.generation_id,
        placed.generation_key,
        placed.session_id,
        placed.session_key,
        placed.user_id,
        placed.prompt_id,
        placed.generated_at,
        cast(placed.session_start as date) as session_date,
        placed.status,
        placed.status_word,
        placed.latency_ms,
        placed.cost,
        case
            when placed.cost is not null
                then coalesce({{ word('placed.currency', 'currency') }}, {{ unknown_word('currency') }})
        end as currency,
        case
            when placed.retry_count is not null then cast(placed.retry_count as smallint)
            when placed.retry_origin = 'unknown' then null
            when placed.asked_before_at >= placed.session_start then cast(1 as smallint)
            else cast(0 as smallint)
        end as retry_count,
        placed.image_count,
        placed.blurred_images,
        placed.feedback,
        placed.downloaded,
        {{ word('placed.model_version', 'model_version') }} as model_version,
        placed.token_count,
        {{ complexity('placed.token_count') }} as complexity,
        {{ word('coalesce(placed.user_tier, users.user_tier)', 'user_tier') }} as user_tier,
        {{ word('coalesce(placed.region, users.region)', 'region') }} as region,
        {{ word('coalesce(placed.device_type, users.device_type)', 'device_type') }} as device_type,
        {{ word('placed.attributes', 'attributes') }} as attributes,
        placed.user_origin,
        placed.time_origin,
        placed.status_origin,
        placed.latency_origin,
        placed.cost_origin,
        placed.retry_origin,
        placed.feedback_origin,
        placed.download_origin,
        placed.model_origin
    from placed
    left join users
        on placed.user_id = users.user_id

)

select * from final
