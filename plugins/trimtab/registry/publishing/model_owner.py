"""The pipeline that a registered model belongs to: no other pipeline of the repository may change it."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.pipeline.graph import find_pipeline_folders, find_repository, pipeline_path
from trimtab.registry.tracking import MlflowClient, list_versions, read_tag


def require_own_model(client: MlflowClient, name: str, root: Path) -> None:
    """Refuse a registered model that belongs to another pipeline of the repository.

    It belongs to the pipeline that registered its newest version. If that pipeline is gone, as after a move
    to another folder, it belongs to whichever registers the next version.

    Args:
        client: MLflow's client, within an open connection.
        name: The registered model.
        root: The root of the pipeline that is about to change it.

    Raises:
        RegistryError: The model belongs to another pipeline.
    """
    repository, own = find_repository(root), pipeline_path(root)
    if repository is None or not client.search_registered_models(f"name = '{name}'"):
        return
    versions = list_versions(name)
    owner = next((path for version in versions if (path := read_tag(version.tags, "pipeline"))), own)
    others = {pipeline_path(folder) for folder in find_pipeline_folders(repository).values()} - {own}
    if owner in others:
        raise RegistryError(
            f"The registered model '{name}' belongs to another pipeline: {owner}",
            where=f"the artifact '{name}' of the pipeline {own}",
            fix="rename the artifact in dvc.yaml: it is the name of the registered model",
        )
