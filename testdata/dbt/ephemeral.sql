-- plain
with __dbt__cte__one as (
select 1 as id
), __dbt__cte__two as (

with x as (select * from __dbt__cte__one)
select id + 1 as id from x -- two
)
select * from __dbt__cte__two

-- with
-- with a comment
With __dbt__cte__one as (
select 1 as id
), __dbt__cte__two as (

with x as (select * from __dbt__cte__one)
select id + 1 as id from x -- two
), a as (select * from __dbt__cte__two),
b as (select * from __dbt__cte__one)
select a.id + b.id as id from a, b

-- recursive
with recursive __dbt__cte__one as (
select 1 as id
), t(n) as (select id from __dbt__cte__one union all select n + 1 from t where n < 5) select max(n) as id from t

-- within
with __dbt__cte__one as (
select 1 as id
)
select * from __dbt__cte__one as without

