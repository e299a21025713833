"""The size of what MLflow has of a run."""

from __future__ import annotations

from trimtab.registry.tracking import MlflowClient


def size_of_run(client: MlflowClient, run_id: str, path: str | None = None) -> int:
    """Return the size of a run's artifacts, in bytes.

    Args:
        client: MLflow's client.
        run_id: The run.
        path: A folder among its artifacts; by default all of them count.
    """
    files = client.list_artifacts(run_id, path)
    return sum(
        size_of_run(client, run_id, file.path) if file.is_dir else file.file_size or 0 for file in files
    )


def size_of_run_and_models(client: MlflowClient, run_id: str) -> int:
    """Return the size of a run's artifacts and of the models that it logged, in bytes."""
    experiment = client.get_run(run_id).info.experiment_id
    models = client.search_logged_models([experiment], f"source_run_id = '{run_id}'")
    return size_of_run(client, run_id) + sum(_size_of_model(client, model.model_id) for model in models)


def _size_of_model(client: MlflowClient, model_id: str, path: str | None = None) -> int:
    files = client.list_logged_model_artifacts(model_id, path)
    return sum(
        _size_of_model(client, model_id, file.path) if file.is_dir else file.file_size or 0 for file in files
    )
