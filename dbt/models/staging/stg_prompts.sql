select
    prompt_id,
    prompt as prompt_text,
    token_count,
    has_safety_keyword,
    generation_seed,
    step as steps,
    cfg as guidance,
    sampler,
    width,
    height
from {{ source('raw', 'raw_prompts') }}
