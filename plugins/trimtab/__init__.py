"""Trimtab: DVC pipelines on Airflow, with gates, a registry that remembers, and drift that acts."""

__version__ = "0.1.0"
