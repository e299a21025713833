"""airflow/hooks."""
