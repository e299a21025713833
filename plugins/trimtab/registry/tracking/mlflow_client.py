"""The methods of MLflow's client that the registry calls, typed: MLflow itself is imported late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

Entity: TypeAlias = Any  # an entity of MLflow's, such as a run: MLflow has no types that mypy can read


class MlflowClient(Protocol):
    """What ``mlflow.MlflowClient`` offers to the registry; a test compares the two."""

    def get_registered_model(self, name: str) -> Entity:
        """Return a registered model."""

    def search_registered_models(
        self, filter_string: str | None = None, max_results: int = 100
    ) -> Sequence[Entity]:
        """Return the registered models that match a filter."""

    def create_registered_model(
        self, name: str, tags: Mapping[str, str] | None = None, description: str | None = None
    ) -> Entity:
        """Create a registered model."""

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        """Set a tag of a registered model."""

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias to a version."""

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Delete an alias."""

    def get_model_version(self, name: str, version: str) -> Entity:
        """Return a version, with its aliases."""

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Sequence[Entity]:
        """Return the versions that match a filter, without their aliases."""

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int = 300,
        model_id: str | None = None,
    ) -> Entity:
        """Create a version."""

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Return where the files of a version are."""

    def update_model_version(self, name: str, version: str, description: str | None = None) -> Entity:
        """Set the description of a version."""

    def set_model_version_tag(
        self,
        name: str,
        version: str | None = None,
        key: str | None = None,
        value: str | None = None,
    ) -> None:
        """Set a tag of a version."""

    def delete_model_version(self, name: str, version: str) -> None:
        """Delete a version."""

    def get_experiment_by_name(self, name: str) -> Entity | None:
        """Return an experiment, ``None`` if there is none of that name."""

    def create_experiment(self, name: str) -> str:
        """Create an experiment and return its id."""

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        """Set a tag of an experiment."""

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Rename an experiment."""

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment."""

    def get_run(self, run_id: str) -> Entity:
        """Return a run."""

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = 1,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Sequence[Entity]:
        """Return the runs that match a filter."""

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, str] | None = None,
        run_name: str | None = None,
    ) -> Entity:
        """Create a run."""

    def set_terminated(self, run_id: str, status: str | None = None) -> None:
        """End a run."""

    def delete_run(self, run_id: str) -> None:
        """Delete a run."""

    def log_param(self, run_id: str, key: str, value: str) -> object:
        """Log a param, which nobody can change afterwards."""

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
    ) -> None:
        """Log a metric."""

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        """Set a tag of a run."""

    def log_artifacts(self, run_id: str, local_dir: str, artifact_path: str | None = None) -> None:
        """Log the files of a folder."""

    def list_artifacts(self, run_id: str, path: str | None = None) -> Sequence[Entity]:
        """Return the files and folders among a run's artifacts."""

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str:
        """Download an artifact and return where it is."""

    def search_logged_models(
        self, experiment_ids: Sequence[str], filter_string: str | None = None
    ) -> Sequence[Entity]:
        """Return the logged models that match a filter."""

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> Sequence[Entity]:
        """Return the files and folders of a logged model."""

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a logged model."""
