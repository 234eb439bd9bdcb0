-- Every mart has the raw table's total cost, to a ten-thousandth of a credit.
{{ reconcile(
    'cost_credits',
    {
        'fct_generations': 'sum(cost_credits)',
        'fct_sessions': 'sum(total_cost_credits)',
        'dim_users': 'sum(lifetime_cost)',
        'daily_metrics': 'sum(total_cost_credits)',
        'user_friction_summary': 'sum(total_cost_credits)'
    }
) }}
