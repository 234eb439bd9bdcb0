{#- Points of friction for a rate from 0 to 1, as text of the formula in the README. -#}
{%- macro friction_points(rate, weight) -%}
cast(({{ rate }}) * {{ weight }} * {{ var('friction_points_per_weight') }} as decimal(9, 4))
{%- endmacro -%}

{#- Where the points of a session, before the cap, put it. -#}
{%- macro friction_category(points) -%}
{%- set names = ['low', 'medium', 'high'] -%}
case
        when {{ points }} < {{ var('friction_medium_from') }} then {{ category('low', names) }}
        when {{ points }} < {{ var('friction_high_from') }} then {{ category('medium', names) }}
        else {{ category('high', names) }}
    end
{%- endmacro -%}

{#- A ratio of counts in percent; null where there is nothing to divide by. -#}
{%- macro percent(part, whole) -%}
cast(100 * {{ ratio(part, 'nullif(' ~ whole ~ ', 0)') }} as decimal(5, 2))
{%- endmacro -%}
