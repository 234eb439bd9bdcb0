select
    user_id,
    user_tier,
    region,
    device_type,
    signup_at,
    cohort_week
from {{ source('raw', 'raw_users') }}
