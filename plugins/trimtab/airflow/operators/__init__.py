"""airflow/operators."""
