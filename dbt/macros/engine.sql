{#- SQL that differs between engines. Macros in standard SQL are the default. A second engine needs its own
    versions of the others (trino__last_known …), and no new models. -#}

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

{#- A value of a small enumeration, sorted in the order given. Texts would be hashed and stored in each row. -#}
{%- macro category(name, names) -%}
{{ return(adapter.dispatch('category', 'gsa')(name, names)) }}
{%- endmacro -%}

{%- macro duckdb__category(name, names) -%}
cast('{{ name }}' as enum('{{ names | join("', '") }}'))
{%- endmacro -%}

{#- A word of the data, such as a tier, as the named type that has all words of its kind in their order.
    gsa makes these types from the raw tables: user_tier, region, device_type, model_version, currency,
    and attributes, the struct of all other columns of a source. -#}
{%- macro word(value, type) -%}
{{ return(adapter.dispatch('word', 'gsa')(value, type)) }}
{%- endmacro -%}

{%- macro duckdb__word(value, type) -%}
cast({{ value }} as {{ type }})
{%- endmacro -%}

{#- The word for what has none; null if all have one. -#}
{%- macro unknown_word(type) -%}
{{ return(adapter.dispatch('unknown_word', 'gsa')(type)) }}
{%- endmacro -%}

{%- macro duckdb__unknown_word(type) -%}
try_cast('unknown' as {{ type }})
{%- endmacro -%}

{#- The currency of most costs: the first of its type. Totals are in it. -#}
{%- macro main_currency() -%}
{{ return(adapter.dispatch('main_currency', 'gsa')()) }}
{%- endmacro -%}

{%- macro duckdb__main_currency() -%}
cast(enum_first(cast(null as currency)) as currency)
{%- endmacro -%}

{#- A ratio of integers as a floating-point number; decimals would take five times as long. -#}
{%- macro ratio(part, whole) -%}
{{ return(adapter.dispatch('ratio', 'gsa')(part, whole)) }}
{%- endmacro -%}

{%- macro default__ratio(part, whole) -%}
cast({{ part }} as double precision) / {{ whole }}
{%- endmacro -%}

{#- The last value in the window so far that is not null. -#}
{%- macro last_known(value) -%}
{{ return(adapter.dispatch('last_known', 'gsa')(value)) }}
{%- endmacro -%}

{%- macro duckdb__last_known(value) -%}
last_value({{ value }} ignore nulls)
{%- endmacro -%}

{#- A row `calendar_date` for each date from first_day to last_day, which are scalar subqueries. -#}
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

{#- Follows the `as` of a CTE that is used more than once: computes it again instead of storing its rows. -#}
{%- macro read_again() -%}
{{ return(adapter.dispatch('read_again', 'gsa')()) }}
{%- endmacro -%}

{%- macro default__read_again() -%}
{%- endmacro -%}

{%- macro duckdb__read_again() -%}
not materialized
{%- endmacro -%}
