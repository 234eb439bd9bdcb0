{{ config(materialized='table') }}
select id, v, 'orders' as origin from {{ source('files', 'orders') }}
union all
select id, v, 'parts' from {{ source('files', 'parts') }}
union all
select id, v, 'named' from read_csv('data/part_1.csv')
