"""Registers the plugin with an Airflow that has this folder, and no installed package.

An installed package registers the plugin by its entry point. Airflow shows a second one as an error.
"""

from importlib.metadata import entry_points

if "trimtab" not in entry_points(group="airflow.plugins").names:
    from trimtab.airflow.plugin import TrimtabPlugin  # noqa: F401
