-- No generation is lost or counted twice between the raw table and any mart.
{{ reconcile(
    '1',
    {
        'fct_generations': 'count(*)',
        'fct_sessions': 'sum(total_generations)',
        'dim_users': 'sum(lifetime_generations)',
        'daily_metrics': 'sum(total_generations)',
        'user_friction_summary': 'sum(total_generations)'
    }
) }}
