{{ config(materialized='ephemeral', tags=['people']) }}
select id, name from {{ source('crm', 'customers') }}
