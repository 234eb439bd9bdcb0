-- Two sessions of one user with no more than session_gap_minutes between them are one session,
-- unless the source's keys say otherwise.
with neighbours as (

    select
        session_id,
        user_id,
        session_start,
        lag(session_end) over (partition by user_id order by session_start, session_id)
            as previous_end
    from {{ ref('fct_sessions') }}
    where {{ 'session_key is null' if session_by() != 'key' else 'false' }}

)

select *
from neighbours
where session_start <= {{ add_minutes('previous_end', var('session_gap_minutes')) }}
