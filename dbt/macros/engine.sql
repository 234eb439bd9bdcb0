{#- SQL that differs between engines. Macros in standard SQL are the default; DuckDB, Trino and Spark have their own
    where they differ. Another engine needs its own versions (snowflake__last_known …), and no new models. -#}

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

{%- macro trino__minutes_between(earlier, later) -%}
(round(to_unixtime({{ later }}) * 1000000) - round(to_unixtime({{ earlier }}) * 1000000)) / 60000000
{%- endmacro -%}

{#- By the parts of the interval, because times have no time zone, and a number of seconds would need one. -#}
{%- macro spark__minutes_between(earlier, later) -%}
{%- set between = '(' ~ later ~ ' - ' ~ earlier ~ ')' -%}
cast(
            ((cast(extract(day from {{ between }}) as bigint) * 24 + extract(hour from {{ between }})) * 60
            + extract(minute from {{ between }})) * 60000000
            + cast(extract(second from {{ between }}) * 1000000 as bigint)
            as double
        ) / 60000000
{%- endmacro -%}

{#- The smallest value that at least `share` of the values do not exceed (nearest rank). -#}
{%- macro percentile(share, value) -%}
{{ return(adapter.dispatch('percentile', 'gsa')(share, value)) }}
{%- endmacro -%}

{%- macro default__percentile(share, value) -%}
percentile_disc({{ share }}) within group (order by {{ value }})
{%- endmacro -%}

{%- macro trino__percentile(share, value) -%}
element_at(
            array_sort(array_agg({{ value }}) filter (where {{ value }} is not null)),
            cast(nullif(ceiling({{ share }} * count({{ value }})), 0) as integer)
        )
{%- endmacro -%}

{%- macro spark__percentile(share, value) -%}
element_at(
            array_sort(collect_list({{ value }})),
            cast(nullif(ceiling({{ share }} * count({{ value }})), 0) as integer)
        )
{%- endmacro -%}

{#- A value of a small enumeration. DuckDB sorts it in the order given, and stores it as a byte. -#}
{%- macro category(name, names) -%}
{{ return(adapter.dispatch('category', 'gsa')(name, names)) }}
{%- endmacro -%}

{%- macro default__category(name, names) -%}
'{{ name }}'
{%- endmacro -%}

{%- macro duckdb__category(name, names) -%}
cast('{{ name }}' as enum('{{ names | join("', '") }}'))
{%- endmacro -%}

{#- A word of the data, such as a tier. In DuckDB it has the named type that has all words of its kind in their order.
    gsa makes these types from the raw tables: user_tier, region, device_type, model_version, currency,
    and attributes, the struct of all other columns of a source. On other engines words are text, the table raw_words
    has their order, and attributes are JSON. -#}
{%- macro word(value, type) -%}
{{ return(adapter.dispatch('word', 'gsa')(value, type)) }}
{%- endmacro -%}

{%- macro default__word(value, type) -%}
{{ value }}
{%- endmacro -%}

{%- macro duckdb__word(value, type) -%}
cast({{ value }} as {{ type }})
{%- endmacro -%}

{#- The word for what has none; null if all have one. -#}
{%- macro unknown_word(type) -%}
{{ return(adapter.dispatch('unknown_word', 'gsa')(type)) }}
{%- endmacro -%}

{%- macro default__unknown_word(type) -%}
(select min(word) from {{ raw_schema() }}.raw_words where kind = '{{ type }}' and word = 'unknown')
{%- endmacro -%}

{%- macro duckdb__unknown_word(type) -%}
try_cast('unknown' as {{ type }})
{%- endmacro -%}

{#- The currency of most costs: the first of its kind. Totals are in it. -#}
{%- macro main_currency() -%}
{{ return(adapter.dispatch('main_currency', 'gsa')()) }}
{%- endmacro -%}

{#- No ref or source, so that unit tests need not give its rows. -#}
{%- macro default__main_currency() -%}
(select min(word) from {{ raw_schema() }}.raw_words where kind = 'currency' and position = 1)
{%- endmacro -%}

{%- macro duckdb__main_currency() -%}
cast(enum_first(cast(null as currency)) as currency)
{%- endmacro -%}

{#- A ratio of integers as a floating-point number; decimals would take five times as long. -#}
{%- macro ratio(part, whole) -%}
{{ return(adapter.dispatch('ratio', 'gsa')(part, whole)) }}
{%- endmacro -%}

{%- macro default__ratio(part, whole) -%}
cast({{ part }} as double) / {{ whole }}
{%- endmacro -%}

{#- A floating-point number as a decimal, rounded half away from zero. Engines differ in what their casts do. -#}
{%- macro rounded(number, precision, scale) -%}
{{ return(adapter.dispatch('rounded', 'gsa')(number, precision, scale)) }}
{%- endmacro -%}

{%- macro default__rounded(number, precision, scale) -%}
cast(cast(round(({{ number }}) * 1{{ '0' * scale }}) as bigint) * 0.{{ '0' * (scale - 1) }}1 as decimal({{ precision }}, {{ scale }}))
{%- endmacro -%}

{%- macro duckdb__rounded(number, precision, scale) -%}
cast(round({{ number }}, {{ scale }}) as decimal({{ precision }}, {{ scale }}))
{%- endmacro -%}

{#- The last value in the window so far that is not null. -#}
{%- macro last_known(value) -%}
{{ return(adapter.dispatch('last_known', 'gsa')(value)) }}
{%- endmacro -%}

{%- macro duckdb__last_known(value) -%}
last_value({{ value }} ignore nulls)
{%- endmacro -%}

{%- macro default__last_known(value) -%}
last_value({{ value }}) ignore nulls
{%- endmacro -%}

{#- A row `calendar_date` for each date from first_day to last_day, which are scalar subqueries. -#}
{%- macro days_between(first_day, last_day) -%}
{{ return(adapter.dispatch('days_between', 'gsa')(first_day, last_day)) }}
{%- endmacro -%}

{%- macro duckdb__days_between(first_day, last_day) -%}
select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1 day')) as date) as calendar_date
{%- endmacro -%}

{#- A sequence has at most 10,000 elements. -#}
{%- macro trino__days_between(first_day, last_day) -%}
select date_add('day', thousands.number * 1000 + ones.number, bounds.first_day) as calendar_date
    from (select {{ first_day }} as first_day, {{ last_day }} as last_day) as bounds
    cross join unnest(sequence(0, date_diff('day', bounds.first_day, bounds.last_day) / 1000)) as thousands (number)
    cross join unnest(sequence(0, 999)) as ones (number)
    where thousands.number * 1000 + ones.number <= date_diff('day', bounds.first_day, bounds.last_day)
{%- endmacro -%}

{%- macro spark__days_between(first_day, last_day) -%}
select explode(sequence(first_day, last_day, interval '1' day)) as calendar_date
    from (select {{ first_day }} as first_day, {{ last_day }} as last_day)
{%- endmacro -%}

{#- How many days the second date is after the first. -#}
{%- macro days_after(first_day, last_day) -%}
{{ return(adapter.dispatch('days_after', 'gsa')(first_day, last_day)) }}
{%- endmacro -%}

{%- macro default__days_after(first_day, last_day) -%}
{{ last_day }} - {{ first_day }}
{%- endmacro -%}

{%- macro trino__days_after(first_day, last_day) -%}
date_diff('day', {{ first_day }}, {{ last_day }})
{%- endmacro -%}

{%- macro spark__days_after(first_day, last_day) -%}
datediff({{ last_day }}, {{ first_day }})
{%- endmacro -%}

{#- Whether a floating-point value is neither infinite nor NaN. -#}
{%- macro is_finite(value) -%}
{{ return(adapter.dispatch('is_finite', 'gsa')(value)) }}
{%- endmacro -%}

{%- macro duckdb__is_finite(value) -%}
isfinite({{ value }})
{%- endmacro -%}

{%- macro trino__is_finite(value) -%}
is_finite({{ value }})
{%- endmacro -%}

{#- NaN is above all numbers. -#}
{%- macro spark__is_finite(value) -%}
abs({{ value }}) < cast('infinity' as double)
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

{#- Where the raw tables are: in the schema of the models, unless the vars raw_schema and raw_database say otherwise. -#}
{%- macro raw_schema() -%}
{{ var('raw_database') ~ '.' if var('raw_database', none) }}{{ var('raw_schema', target.schema) }}
{%- endmacro -%}

{%- macro text_type() -%}
{{ 'string' if target.type == 'spark' else 'varchar' }}
{%- endmacro -%}
