select * from {{ ref('fct_orders') }} where customer is null or {{ whole('id') }} < 0
