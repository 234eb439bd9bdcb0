-- Which session each generation belongs to: a user's generations in order of time, a new session
-- after more than session_gap_minutes without one. A session is named by the generation that began
-- it, so two sessions never share an id. Only the narrow key columns go through the window.
-- Generations of unknown users belong to none: they may be anybody's.
with previous as (

    select
        generation_id,
        user_id,
        generated_at,
        lag(generated_at) over (
            partition by user_id order by generated_at, generation_id
        ) as previous_at
    from {{ ref('stg_generations') }}
    where user_id is not null

),

marked as (

    select
        generation_id,
        user_id,
        generated_at,
        previous_at is null
            or generated_at > {{ add_minutes('previous_at', var('session_gap_minutes')) }}
            as begins_session
    from previous

)

select
    generation_id,
    {{ last_known('case when begins_session then generation_id end') }} over so_far as session_id,
    {{ last_known('case when begins_session then generated_at end') }} over so_far as session_start
from marked
window so_far as (
    partition by user_id order by generated_at, generation_id
    rows between unbounded preceding and current row
)
