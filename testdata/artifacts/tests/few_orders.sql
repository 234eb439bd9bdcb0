{{ config(tags=['single']) }}
select count(*) from {{ ref('stg_orders') }} having count(*) >= {{ var('least') }}
