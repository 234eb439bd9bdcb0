{{ config(alias='customers', contract={'enforced': true}) }}
select cast(id as integer) as id, name from {{ ref('stg_customers') }}
