{% test is_at_least(model, column_name, least=0) %}
    {{ config(severity='warn') }}
    select * from {{ model }} where {{ column_name }} < {{ least }} and {{ dispatched() }} = 1
{% endtest %}
