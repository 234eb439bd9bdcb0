-- What a source says of its users is kept, even if it is odd.
select
    generations.generation_id,
    generations.user_id,
    generations.generated_at,
    users.signup_at
from {{ ref('fct_generations') }} as generations
inner join {{ ref('dim_users') }} as users
    on generations.user_id = users.user_id
where generations.generated_at < users.signup_at
    and users.signup_origin = 'simulated'
