{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}
select rows.* from {{ ref('rows') }}
