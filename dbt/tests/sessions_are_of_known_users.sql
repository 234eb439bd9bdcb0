-- A generation has a session exactly if it has a user.
select
    generation_id,
    user_id,
    session_id,
    session_date
from {{ ref('fct_generations') }}
where (user_id is null) <> (session_id is null)
    or (session_id is null) <> (session_date is null)
