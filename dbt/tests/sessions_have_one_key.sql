-- A key of the source is one session of its user, and a session has one key or none.
{%- if session_by() == 'gap' %}
select 1 as no_keys
where 1 = 0
{%- else %}
select
    user_id,
    session_key,
    min(session_id) as first_session,
    max(session_id) as last_session
from {{ ref('fct_sessions') }}
where session_key is not null
group by user_id, session_key
having min(session_id) <> max(session_id)
{%- endif %}
