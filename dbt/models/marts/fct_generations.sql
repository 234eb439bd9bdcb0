select
    generations.generation_id,
    sessions.session_id,
    generations.user_id,
    generations.prompt_id,
    generations.generated_at,
    sessions.session_date,
    generations.status,
    generations.latency_ms,
    generations.cost_credits,
    generations.retry_count,
    generations.feedback,
    generations.downloaded,
    generations.model_version,
    generations.token_count,
    {{ complexity('generations.token_count') }} as complexity,
    users.user_tier,
    users.region,
    users.device_type
from {{ ref('stg_generations') }} as generations
inner join {{ ref('int_sessions') }} as sessions
    on generations.generation_id = sessions.generation_id
left join {{ ref('stg_users') }} as users
    on generations.user_id = users.user_id
