{{ config(materialized='incremental') }}
select id, v from {{ ref('rows') }}
{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}
