{#- Where engines differ. A second engine needs its own versions of these macros and no new models. -#}

{%- macro add_minutes(moment, minutes) -%}
{{ moment }} + interval '{{ minutes }} minutes'
{%- endmacro -%}

{%- macro minutes_between(earlier, later) -%}
(epoch_us({{ later }}) - epoch_us({{ earlier }})) / 60000000.0
{%- endmacro -%}

{#- The smallest value that at least `share` of the values do not exceed (nearest rank). -#}
{%- macro percentile(share, value) -%}
percentile_disc({{ share }}) within group (order by {{ value }})
{%- endmacro -%}

{#- One of a few names, which compare in the order given. As a text, each would be hashed and stored. -#}
{%- macro category(name, names) -%}
cast('{{ name }}' as enum('{{ names | join("', '") }}'))
{%- endmacro -%}

{#- A ratio of integers as a floating-point number: in decimals it takes five times as long. -#}
{%- macro ratio(part, whole) -%}
cast({{ part }} as double) / {{ whole }}
{%- endmacro -%}

{#- The value of the last row of the window so far that has one. -#}
{%- macro last_known(value) -%}
last_value({{ value }} ignore nulls)
{%- endmacro -%}

{#- One row, `calendar_date`, for each date from the one to the other, both scalar subqueries. -#}
{%- macro days_between(first_day, last_day) -%}
select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1 day')) as date) as calendar_date
{%- endmacro -%}

{#- Whether a floating-point value is neither infinite nor NaN. -#}
{%- macro is_finite(value) -%}
isfinite({{ value }})
{%- endmacro -%}
