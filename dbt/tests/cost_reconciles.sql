-- Every mart has the raw table's total cost, to the last digit.
{{ reconcile(
    'cost',
    {
        'fct_generations': 'sum(cost)',
        'fct_sessions': 'sum(total_cost)',
        'dim_users': 'sum(lifetime_cost)',
        'daily_metrics': 'sum(total_cost)',
        'user_friction_summary': 'sum(total_cost)'
    }
) }}
