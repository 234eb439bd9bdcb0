{{ config(materialized='view') }}

-- A view, because the text is most of the warehouse's bytes: it is stored only in raw_prompts.
with prompts as (

    select * from {{ ref('stg_prompts') }}

),

final as (

    select
        prompt_id,
        prompt_text,
        negative_prompt,
        char_count,
        token_count,
        {{ complexity('token_count') }} as complexity,
        has_safety_keyword,
        generation_seed,
        steps,
        guidance,
        sampler,
        width,
        height
    from prompts

)

select * from final
