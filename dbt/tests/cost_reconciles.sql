-- Every mart has the raw table's total cost in the main currency, to the last digit.
{% set currency = 'coalesce(' ~ word('currency', 'currency') ~ ', ' ~ unknown_word('currency') ~ ')' %}
{{ reconcile(
    'case when ' ~ currency ~ ' = ' ~ main_currency() ~ ' then cost end',
    {
        'fct_generations': 'sum(' ~ in_main('cost') ~ ')',
        'fct_sessions': 'sum(' ~ in_main('total_cost') ~ ')',
        'dim_users': 'sum(' ~ in_main('lifetime_cost') ~ ')',
        'daily_metrics': 'sum(total_cost)',
        'user_friction_summary': 'sum(total_cost)'
    }
) }}
