{%- macro complexity(token_count) -%}
{%- set names = ['short', 'medium', 'long', 'very_long'] -%}
case
    when {{ token_count }} <= {{ var('complexity_short_tokens') }} then {{ category('short', names) }}
    when {{ token_count }} <= {{ var('complexity_medium_tokens') }} then {{ category('medium', names) }}
    when {{ token_count }} <= {{ var('complexity_long_tokens') }} then {{ category('long', names) }}
    when {{ token_count }} is not null then {{ category('very_long', names) }}
end
{%- endmacro -%}
