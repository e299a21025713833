"""Trimtab: DVC pipelines on Airflow, with gates, a registry that remembers, and drift that acts."""
