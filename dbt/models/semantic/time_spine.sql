-- The days on which dbt's semantic layer puts its numbers: those of daily_metrics, without a gap.
with days as (

    select * from {{ ref('daily_metrics') }}

),

final as (

    select session_date as date_day
    from days

)

select * from final
