{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
select id, {{ 'v::varchar as w' if is_incremental() else 'v' }}, g{{ '::bigint' if is_incremental() }} as g
from {{ ref('rows') }}
