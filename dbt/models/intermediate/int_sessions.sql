-- The session of each generation that shares its session with others. The var session_by says what
-- makes a session of a user's generations: the source's own session_key, the gap of more than
-- session_gap_minutes without one, or both: a key decides, and gaps between those without one. The
-- id of a session is that of its first generation, so two sessions never share an id. A generation
-- of a known user that is not here is a session by itself, as most are. For speed, only the narrow
-- key columns pass through the first window, and only the remaining rows through the second.
-- Generations of unknown users belong to no session, because they may be anybody's.
{%- set by = session_by() %}
with generations as {{ read_again() }} (

    select * from {{ ref('stg_generations') }}

)

{%- if by != 'key' %},

neighbours as (

    select
        generation_id,
        user_id,
        generated_at,
        lag(generated_at) over in_order as previous_at,
        lead(generated_at) over in_order as next_at
    from generations
    where user_id is not null{{ ' and session_key is null' if by == 'both' }}
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

by_gap as (

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
{%- endif %}

{%- if by != 'gap' %},

keyed as (

    select
        generation_id,
        first_value(generation_id) over in_order as session_id,
        first_value(generated_at) over in_order as session_start,
        count(*) over (partition by user_id, session_key) as generations_of_session
    from generations
    where user_id is not null
        and session_key is not null
    window in_order as (partition by user_id, session_key order by generated_at, generation_id)

),

by_key as (

    select
        generation_id,
        session_id,
        session_start
    from keyed
    where generations_of_session > 1

)
{%- endif %},

final as (

    {% if by != 'gap' %}select * from by_key{% endif %}
    {% if by == 'both' %}union all{% endif %}
    {% if by != 'key' %}select * from by_gap{% endif %}

)

select * from final
