"""airflow/notifications."""
