{{ config(materialized='incremental', unique_key='id', on_schema_change='sync_all_columns') }}
select id, {{ 'v::varchar as w' if is_incremental() else 'v' }}, g
from {{ ref('rows') }}
