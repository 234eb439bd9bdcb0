{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id'], merge_update_columns=['v']) }}
select rows.* from {{ ref('rows') }}
