select
    generation_id,
    prompt_id,
    user_id,
    generated_at,
    latency_ms,
    status,
    cost_credits,
    retry_count,
    feedback,
    downloaded,
    model_version,
    token_count
from {{ source('raw', 'raw_generations') }}
