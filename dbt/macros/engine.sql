{#- Where engines differ. What is standard SQL is the default; of the rest a second engine needs its own
    versions (trino__last_known …), and no new models. -#}

{%- macro add_minutes(moment, minutes) -%}
{{ return(adapter.dispatch('add_minutes', 'gsa')(moment, minutes)) }}
{%- endmacro -%}

{%- macro default__add_minutes(moment, minutes) -%}
{{ moment }} + interval '{{ minutes }}' minute
{%- endmacro -%}

{%- macro minutes_between(earlier, later) -%}
{{ return(adapter.dispatch('minutes_between', 'gsa')(earlier, later)) }}
{%- endmacro -%}

{%- macro duckdb__minutes_between(earlier, later) -%}
(epoch_us({{ later }}) - epoch_us({{ earlier }})) / 60000000.0
{%- endmacro -%}

{#- The smallest value that at least `share` of the values do not exceed (nearest rank). -#}
{%- macro percentile(share, value) -%}
{{ return(adapter.dispatch('percentile', 'gsa')(share, value)) }}
{%- endmacro -%}

{%- macro default__percentile(share, value) -%}
percentile_disc({{ share }}) within group (order by {{ value }})
{%- endmacro -%}

{#- One of a few names, which compare in the order given. As a text, each would be hashed and stored. -#}
{%- macro category(name, names) -%}
{{ return(adapter.dispatch('category', 'gsa')(name, names)) }}
{%- endmacro -%}

{%- macro duckdb__category(name, names) -%}
cast('{{ name }}' as enum('{{ names | join("', '") }}'))
{%- endmacro -%}

{#- A ratio of integers as a floating-point number: in decimals it takes five times as long. -#}
{%- macro ratio(part, whole) -%}
{{ return(adapter.dispatch('ratio', 'gsa')(part, whole)) }}
{%- endmacro -%}

{%- macro default__ratio(part, whole) -%}
cast({{ part }} as double precision) / {{ whole }}
{%- endmacro -%}

{#- The value of the last row of the window so far that has one. -#}
{%- macro last_known(value) -%}
{{ return(adapter.dispatch('last_known', 'gsa')(value)) }}
{%- endmacro -%}

{%- macro duckdb__last_known(value) -%}
last_value({{ value }} ignore nulls)
{%- endmacro -%}

{#- One row, `calendar_date`, for each date from the one to the other, both scalar subqueries. -#}
{%- macro days_between(first_day, last_day) -%}
{{ return(adapter.dispatch('days_between', 'gsa')(first_day, last_day)) }}
{%- endmacro -%}

{%- macro duckdb__days_between(first_day, last_day) -%}
select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1 day')) as date) as calendar_date
{%- endmacro -%}

{#- Whether a floating-point value is neither infinite nor NaN. -#}
{%- macro is_finite(value) -%}
{{ return(adapter.dispatch('is_finite', 'gsa')(value)) }}
{%- endmacro -%}

{%- macro duckdb__is_finite(value) -%}
isfinite({{ value }})
{%- endmacro -%}

{#- After the `as` of a CTE that is read more than once: read again, not stored in between. -#}
{%- macro read_again() -%}
{{ return(adapter.dispatch('read_again', 'gsa')()) }}
{%- endmacro -%}

{%- macro default__read_again() -%}
{%- endmacro -%}

{%- macro duckdb__read_again() -%}
not materialized
{%- endmacro -%}
