select orders.id from {{ source('files', 'orders') }} as orders
