"""The MLflow experiments that the registry writes into."""

from __future__ import annotations

from trimtab.registry.tracking.mlflow_client import MlflowClient
from trimtab.registry.tracking.mlflow_compat import DESCRIPTION_TAG


def ensure_experiment(client: MlflowClient, name: str, description: str) -> str:
    """Return the id of an experiment, after creating it if there is none of that name.

    Args:
        client: MLflow's client.
        name: Its name.
        description: What its runs are, in Markdown. A description that it has already is kept.
    """
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            created = str(client.create_experiment(name))
        except MlflowException:  # another process created it first
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
        else:
            client.set_experiment_tag(created, DESCRIPTION_TAG, description)
            return created
    if DESCRIPTION_TAG not in found.tags:  # an earlier release created it
        client.set_experiment_tag(found.experiment_id, DESCRIPTION_TAG, description)
    return str(found.experiment_id)
