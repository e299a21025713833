"""The control room in Airflow: what Airflow keeps of models and runs, and the pages by a user's rights."""
