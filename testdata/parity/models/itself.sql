{{ config(materialized='incremental') }}
select rows.id, '{{ this.name }} {{ this.schema }} {{ ref("rows").identifier }}' as names
from {{ ref('rows') }}
{% if is_incremental() %}
where rows.id > (select min(id) from {{ this }})
{% endif %}
