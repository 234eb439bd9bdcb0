-- A re-roll is a retry: where the data shows them, the raw retry_count is null and asked_before_at
-- says when the same user last asked for the same prompt in another way. Generations of unknown
-- users stay, outside any session.
with generations as (

    select
        requests.*,
        case
            when requests.user_id is not null then coalesce(sessions.session_id, requests.generation_id)
        end as session_id,
        case
            when requests.user_id is not null then coalesce(sessions.session_start, requests.generated_at)
        end as session_start
    from {{ ref('stg_generations') }} as requests
    left join {{ ref('int_sessions') }} as sessions
        on requests.generation_id = sessions.generation_id

)

select
    generations.generation_id,
    generations.session_id,
    generations.user_id,
    generations.prompt_id,
    generations.generated_at,
    cast(generations.session_start as date) as session_date,
    generations.status,
    generations.latency_ms,
    generations.cost_credits,
    coalesce(
        generations.retry_count,
        cast(
            case when generations.asked_before_at >= generations.session_start then 1 else 0 end as smallint
        )
    ) as retry_count,
    generations.image_count,
    generations.blurred_images,
    generations.feedback,
    generations.downloaded,
    generations.model_version,
    generations.token_count,
    {{ complexity('generations.token_count') }} as complexity,
    users.user_tier,
    users.region,
    users.device_type,
    generations.user_origin,
    generations.time_origin,
    generations.status_origin,
    generations.latency_origin,
    generations.cost_origin,
    generations.retry_origin,
    generations.feedback_origin,
    generations.download_origin,
    generations.model_origin
from generations
left join {{ ref('stg_users') }} as users
    on generations.user_id = users.user_id
