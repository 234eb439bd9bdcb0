{{ config(materialized='table') }}
select * from (values
{% if var('batch') == 1 %}
    (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')
{% else %}
    (1, 1, 'd'), (2, 9, 'e')
{% endif %}
) as t(id, g, v)
