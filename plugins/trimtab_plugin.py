"""Register the library with an Airflow that finds it in this folder instead of as an installed package.

Where it is installed, Airflow knows the plugin by its entry point, and shows a second one as an error.
"""

from importlib.metadata import entry_points

if "trimtab" not in entry_points(group="airflow.plugins").names:
    from trimtab.airflow.plugin import TrimtabPlugin  # noqa: F401
