with generations as (

    select * from {{ source('raw', 'raw_generations') }}

),

final as (

    select
        generation_id,
        generation_key,
        session_key,
        prompt_id,
        user_id,
        generated_at,
        latency_ms,
        status,
        status_word,
        cost,
        currency,
        retry_count,
        asked_before_at,
        image_count,
        blurred_images,
        feedback,
        downloaded,
        model_version,
        token_count,
        user_tier,
        region,
        device_type,
        attributes,
        user_origin,
        time_origin,
        status_origin,
        latency_origin,
        cost_origin,
        retry_origin,
        feedback_origin,
        download_origin,
        model_origin
    from generations

)

select * from final
