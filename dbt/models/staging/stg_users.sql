with users as (

    select * from {{ source('raw', 'raw_users') }}

),

final as (

    select
        user_id,
        user_name,
        user_tier,
        region,
        device_type,
        signup_at,
        cohort_week,
        signup_origin,
        traits_origin
    from users

)

select * from final
