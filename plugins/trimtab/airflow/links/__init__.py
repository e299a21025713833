"""airflow/links."""
