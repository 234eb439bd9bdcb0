{{ config(materialized='incremental', incremental_strategy='append', unique_key='id') }}
select rows.* from {{ ref('rows') }}
