{#- Points of friction for a rate from 0 to 1, as text of the formula in the README. -#}
{%- macro friction_points(rate, weight) -%}
cast(({{ rate }}) * {{ weight }} * {{ var('friction_points_per_weight') }} as decimal(9, 4))
{%- endmacro -%}

{#- A ratio of counts in percent; null where there is nothing to divide by. -#}
{%- macro percent(part, whole) -%}
cast(100.0 * ({{ part }}) / nullif({{ whole }}, 0) as decimal(5, 2))
{%- endmacro -%}

{#- How many rows of the group have this status. -#}
{%- macro count_status(status) -%}
cast(count(case when status = '{{ status }}' then 1 end) as integer)
{%- endmacro -%}
