select id / 0, no_such_column from {{ ref('stg_orders') }}
