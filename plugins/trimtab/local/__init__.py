"""Airflow and MLflow as real servers on this machine, and the main job on them.

The package talks to both servers over HTTP and imports neither.
"""
