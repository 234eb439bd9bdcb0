{#- Friction points for a rate from 0 to 1: the SQL of the formula in the README. -#}
{%- macro friction_points(rate, weight) -%}
cast(({{ rate }}) * {{ weight }} * {{ var('friction_points_per_weight') }} as decimal(9, 4))
{%- endmacro -%}

{#- The friction category of a session, from its points before the cap. -#}
{%- macro friction_category(points) -%}
{%- set names = ['low', 'medium', 'high'] -%}
case
        when {{ points }} < {{ var('friction_medium_from') }} then {{ category('low', names) }}
        when {{ points }} < {{ var('friction_high_from') }} then {{ category('medium', names) }}
        else {{ category('high', names) }}
    end
{%- endmacro -%}

{#- A ratio of counts in percent; null if the whole is 0. -#}
{%- macro percent(part, whole) -%}
cast(100 * {{ ratio(part, 'nullif(' ~ whole ~ ', 0)') }} as decimal(5, 2))
{%- endmacro -%}
