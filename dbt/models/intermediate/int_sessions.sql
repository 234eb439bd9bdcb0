-- The session of each generation that shares its session with others. A user's generations are in
-- order of time; a new session begins after more than session_gap_minutes without a generation. The
-- id of a session is that of its first generation, so two sessions never share an id. A generation
-- of a known user that is not here is a session by itself, as most are. For speed, only the narrow
-- key columns pass through the first window, and only the remaining rows through the second.
-- Generations of unknown users belong to no session, because they may be anybody's.
with generations as (

    select * from {{ ref('stg_generations') }}

),

neighbours as (

    select
        generation_id,
        user_id,
        generated_at,
        lag(generated_at) over in_order as previous_at,
        lead(generated_at) over in_order as next_at
    from generations
    where user_id is not null
    window in_order as (partition by user_id order by generated_at, generation_id)

),

marked as (

    select
        generation_id,
        user_id,
        generated_at,
        coalesce(
            generated_at <= {{ add_minutes('previous_at', var('session_gap_minutes')) }}, false
        ) as continues_session,
        coalesce(
            next_at <= {{ add_minutes('generated_at', var('session_gap_minutes')) }}, false
        ) as is_continued
    from neighbours

),

final as (

    select
        generation_id,
        {{ last_known('case when not continues_session then generation_id end') }} over so_far as session_id,
        {{ last_known('case when not continues_session then generated_at end') }} over so_far as session_start
    from marked
    where continues_session or is_continued
    window so_far as (
        partition by user_id order by generated_at, generation_id
        rows between unbounded preceding and current row
    )

)

select * from final
