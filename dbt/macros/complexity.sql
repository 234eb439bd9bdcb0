{%- macro complexity(token_count) -%}
case
    when {{ token_count }} <= {{ var('complexity_short_tokens') }} then 'short'
    when {{ token_count }} <= {{ var('complexity_medium_tokens') }} then 'medium'
    when {{ token_count }} <= {{ var('complexity_long_tokens') }} then 'long'
    else 'very_long'
end
{%- endmacro -%}
