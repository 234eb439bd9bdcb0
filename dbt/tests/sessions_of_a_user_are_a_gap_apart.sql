-- Two sessions of one user with no more than session_gap_minutes between them are one session.
with neighbours as (

    select
        session_id,
        user_id,
        session_start,
        lag(session_end) over (partition by user_id order by session_start, session_id)
            as previous_end
    from {{ ref('fct_sessions') }}

)

select *
from neighbours
where session_start <= {{ add_minutes('previous_end', var('session_gap_minutes')) }}
