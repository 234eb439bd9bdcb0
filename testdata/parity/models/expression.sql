{{ config(materialized='incremental', unique_key="id || '-' || g") }}
select rows.* from {{ ref('rows') }}
