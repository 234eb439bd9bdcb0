-- Settings that no generator can have used become null here; raw_prompts keeps them as the source has them.
with prompts as (

    select * from {{ source('raw', 'raw_prompts') }}

),

final as (

    select
        prompt_id,
        prompt as prompt_text,
        negative_prompt,
        char_count,
        token_count,
        has_safety_keyword,
        generation_seed,
        step as steps,
        case when {{ is_finite('cfg') }} then cfg end as guidance,
        case when sampler between 1 and 9 then sampler end as sampler,
        nullif(width, 0) as width,
        nullif(height, 0) as height
    from prompts

)

select * from final
