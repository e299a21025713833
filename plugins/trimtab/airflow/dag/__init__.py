"""airflow/dag."""
