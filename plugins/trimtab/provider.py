"""The provider's metadata; imports nothing of Airflow, which is still starting."""

from __future__ import annotations

from importlib.metadata import version


def get_provider_info() -> dict[str, object]:
    """Return the provider's metadata for Airflow."""
    return {
        "package-name": "trimtab",
        "name": "Trimtab",
        "description": "DVC pipelines as DAGs, with gates, registration and drift checks.",
        "versions": [version("trimtab")],
        "connection-types": [
            {
                "connection-type": "mlflow",
                "hook-name": "MLflow",
                "hook-class-name": "trimtab.airflow.hooks.mlflow_hook.MlflowHook",
            }
        ],
    }
