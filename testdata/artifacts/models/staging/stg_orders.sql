-- depends on a macro of the project and on two levels of macros
select
    id,
    {{ cents('amount') }} as amount_cents,
    customer_id,
    ordered_at
from {{ ref('orders') }}
where id >= {{ var('least', 0) - 2 }}
