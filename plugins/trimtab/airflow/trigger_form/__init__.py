"""airflow/trigger_form."""
