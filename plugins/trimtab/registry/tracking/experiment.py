"""The MLflow experiments that the registry writes into."""

from __future__ import annotations

from trimtab.registry.tracking.mlflow_client import MlflowClient


def ensure_experiment(client: MlflowClient, name: str) -> str:
    """Return the id of an experiment, after creating it if there is none of that name."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name))
        except MlflowException:  # another process created it first
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return str(found.experiment_id)
