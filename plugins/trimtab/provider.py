"""What Airflow asks of an installed provider; imports nothing, since Airflow is still starting."""

from __future__ import annotations

from importlib.metadata import version


def get_provider_info() -> dict[str, object]:
    """Return the provider's description for Airflow."""
    return {
        "package-name": "trimtab",
        "name": "Trimtab",
        "description": "DVC pipelines as DAGs, with gates, registration and drift checks.",
        "versions": [version("trimtab")],
    }
