"""Register the library with an Airflow that finds it in this folder instead of as an installed package."""

from trimtab.airflow.plugin import TrimtabPlugin

__all__ = ["TrimtabPlugin"]
