"""The command line: what Airflow does, without Airflow."""
