"""A run that is only appended to: each entry is a param, which MLflow lets nobody change.

MLflow refuses the second of two writers of one param. That is the compare-and-swap that tags lack. The run is
alone in its experiment.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from trimtab.errors import RegistryError
from trimtab.registry.tracking.mlflow_client import MlflowClient
from trimtab.registry.tracking.mlflow_compat import DESCRIPTION_TAG


def find_append_only_run(client: MlflowClient, experiment: str, *, what: str) -> str:
    """Return the id of the run; empty if there is none yet.

    Args:
        client: MLflow's client.
        experiment: The name of its experiment.
        what: What the run is, for the message, such as ``ledger of 'orders'``.

    Raises:
        RegistryError: The experiment or the run was deleted, or the experiment has other runs too.
    """
    found = client.get_experiment_by_name(experiment)
    if found is None:
        return ""
    runs = client.search_runs([found.experiment_id], max_results=2)
    if found.lifecycle_stage != "active" or len(runs) != 1:
        raise RegistryError(
            f"The {what} was deleted, or its experiment has other runs",
            where=f"MLflow: experiment '{experiment}' ({found.experiment_id}), {len(runs)} runs",
            fix="restore it (`mlflow experiments restore`, `mlflow runs restore`), or rename that experiment",
        )
    return str(runs[0].info.run_id)


def create_append_only_run(
    client: MlflowClient, experiment: str, *, run_name: str, tags: Mapping[str, str], about: str, what: str
) -> str:
    """Create experiment and run, and return the run's id.

    The experiment is renamed once it is complete. So of two writers at once, one run remains.

    Args:
        client: MLflow's client.
        experiment: The name of the experiment.
        run_name: The name of the run.
        tags: Tags of the run.
        about: The description of the experiment, for people.
        what: As for :func:`find_append_only_run`.
    """
    from mlflow.exceptions import MlflowException

    draft = client.create_experiment(f"{experiment}-{uuid4().hex}")
    client.set_experiment_tag(draft, DESCRIPTION_TAG, about)
    run_id = client.create_run(draft, run_name=run_name, tags=dict(tags)).info.run_id
    client.set_terminated(run_id)
    try:
        client.rename_experiment(draft, experiment)
    except MlflowException:
        found = find_append_only_run(client, experiment, what=what)
        if not found:
            raise
        client.delete_experiment(draft)
        return found
    return str(run_id)


def append_param(client: MlflowClient, run_id: str, key: str, text: str) -> bool:
    """Append an entry. Return whether it was written; if not, another writer was first.

    Args:
        client: MLflow's client.
        run_id: The run.
        key: The entry's key.
        text: The entry.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.log_param(run_id, key, text)
    except MlflowException:
        stored = client.get_run(run_id).data.params.get(key)
        if stored is None:
            raise
        return bool(stored == text)
    return True
