{# A row fails where the column is outside the range. Null is in every range. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
select *
from {{ model }}
where false
  {%- if min_value is not none %}
  or {{ column_name }} {{ '<' if inclusive else '<=' }} {{ min_value }}
  {%- endif %}
  {%- if max_value is not none %}
  or {{ column_name }} {{ '>' if inclusive else '>=' }} {{ max_value }}
  {%- endif %}
{% endtest %}

{# A row fails where the expression is false: where it is null, it passes. On a column, the expression
   continues the column's name. #}
{% test expression_is_true(model, expression, column_name=none) %}
select *
from {{ model }}
where not ({{ column_name ~ ' ' if column_name is not none else '' }}{{ expression }})
{% endtest %}

{# A combination fails where more than one row has it. #}
{% test unique_combination_of_columns(model, combination_of_columns) %}
select {{ combination_of_columns | join(', ') }}
from {{ model }}
group by {{ combination_of_columns | join(', ') }}
having count(*) > 1
{% endtest %}
