select count(*) from {{ ref('fct_orders') }}
