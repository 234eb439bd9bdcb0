{{
  config(
    materialized='incremental',
    unique_key='id',
    incremental_strategy='delete+insert',
    on_schema_change='append_new_columns',
    meta={'owner': 'ana'}
  )
}}
select o.id, o.amount_cents, c.name as "customer", '{{ dbt.type_string() }}' as kind
from {{ ref('stg_orders') }} as o
left join {{ ref('kinds', 'dim_customers') }} as c on o.customer_id = c.id
{% if is_incremental() %}
where o.id > (select max(id) from {{ this }})
{% endif %}
