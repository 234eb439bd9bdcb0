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
from {{ source('raw', 'raw_users') }}
