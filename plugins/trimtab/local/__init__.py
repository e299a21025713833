"""Airflow and MLflow as real servers on this machine, and the main job played on them.

Talks to both over HTTP only, so it imports neither.
"""
