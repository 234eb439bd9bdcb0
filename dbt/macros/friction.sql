{#- Friction points for a rate from 0 to 1: the SQL of the formula in the README. Null if the rate is. -#}
{%- macro friction_points(rate, weight) -%}
{{ rounded('(' ~ rate ~ ') * ' ~ weight ~ ' * ' ~ var('friction_points_per_weight'), 9, 4) }}
{%- endmacro -%}

{#- A number, at most the limit. DuckDB's least() would give the limit for null. -#}
{%- macro at_most(limit, number) -%}
case when {{ number }} > {{ limit }} then {{ limit }} else {{ number }} end
{%- endmacro -%}

{#- The sum of the parts that are known, from their columns by name; null if none is. -#}
{%- macro known_points(parts) -%}
case
            when coalesce({{ parts.values() | join(', ') }}) is not null
                then coalesce({{ parts.values() | join(', 0) + coalesce(') }}, 0)
        end
{%- endmacro -%}

{#- Which parts are known: 'errors+latency+retries', 'errors+latency', …; null if none is. -#}
{%- macro friction_basis(parts) -%}
{%- set names = [
    'errors+latency+retries', 'errors+latency', 'errors+retries', 'latency+retries', 'errors', 'latency',
    'retries'
] -%}
case
    {%- for basis in names %}
            when {% for part in basis.split('+') -%}
                {{ parts[part] }} is not null{{ ' and ' if not loop.last }}
                {%- endfor %}
                then {{ category(basis, names) }}
    {%- endfor %}
        end
{%- endmacro -%}

{#- The friction category of a session, from its points before the cap. -#}
{%- macro friction_category(points) -%}
{%- set names = ['low', 'medium', 'high'] -%}
case
            when {{ points }} < {{ var('friction_medium_from') }} then {{ category('low', names) }}
            when {{ points }} < {{ var('friction_high_from') }} then {{ category('medium', names) }}
            when {{ points }} is not null then {{ category('high', names) }}
        end
{%- endmacro -%}

{#- A ratio of counts in percent; null if the whole is 0. -#}
{%- macro percent(part, whole) -%}
{{ rounded('100 * ' ~ ratio(part, 'nullif(' ~ whole ~ ', 0)'), 5, 2) }}
{%- endmacro -%}
