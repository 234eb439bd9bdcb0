{{ config(materialized='table') }}
select 'x' as second, 1 as first
