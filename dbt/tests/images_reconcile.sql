-- No image is lost or counted twice between the raw table and any mart.
{{ reconcile(
    'image_count',
    {
        'fct_generations': 'sum(image_count)',
        'fct_sessions': 'sum(total_images)',
        'daily_metrics': 'sum(total_images)',
        'user_friction_summary': 'sum(total_images)'
    }
) }}
