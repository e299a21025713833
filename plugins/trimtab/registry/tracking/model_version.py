"""Model versions of MLflow: read one, find one by its content key, list them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from trimtab.errors import RegistryError, closest
from trimtab.learning import BINARY
from trimtab.registry.tracking.mlflow_client import Entity, MlflowClient
from trimtab.registry.tracking.version_tags import SEAL, SIGNED_BY, TagName, filter_by_key, read_tag

MOST_NUMBERS = 20  # version numbers in a message

# Metrics of a version's run: what the model costs.
MODEL_BYTES, TRAIN_SECONDS = "model_bytes", "train_seconds"


@dataclass(frozen=True)
class Version:
    """A model version.

    Attributes:
        name: The registered model.
        version: The version's number.
        run_id: The MLflow run of the version.
        created: Whether the call that returned the version created it.
        key: The content key: SHA-256 of the lock entries the model comes from.
        metrics: The run's metrics.
        tags: The version's tags.
        seal: Param of the run with the hashes of files and tags; :mod:`~trimtab.registry.tracking.seal` reads
            it. Empty if the run has none.
    """

    name: str
    version: int
    run_id: str
    created: bool
    key: str
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    seal: str = ""

    @classmethod
    def read(cls, client: MlflowClient, name: str, number: int | str, *, created: bool = False) -> Self:
        """Read a version that exists."""
        found = client.get_model_version(name, str(number))
        run = client.get_run(found.run_id).data
        return cls(
            name=name,
            version=int(found.version),
            run_id=found.run_id,
            created=created,
            key=read_tag(found.tags, "key"),
            metrics=dict(run.metrics),
            tags=dict(found.tags),
            seal=run.params.get(SEAL, ""),
        )

    @classmethod
    def find_by_key(
        cls,
        client: MlflowClient,
        name: str,
        key: str,
        *,
        created: int = 0,
        signed_by: Collection[str] = (),
    ) -> Self | None:
        """Return the first version of a content key that has a seal, ``None`` if there is none.

        A version of an earlier release has no seal: its content is registered again.

        Args:
            client: MLflow's client.
            name: The registered model.
            key: The content key.
            created: The number of the version that the caller has created; 0 if it has created none.
            signed_by: The fingerprints of keys. If there are any, only versions count whose tag names one of
                them. Whoever loads the version verifies the signature.
        """
        found = find_sealed_versions(client, name, key)
        if signed_by:
            found = [version for version in found if version.tags.get(SIGNED_BY) in signed_by]
        if not found:
            return None
        first = min(int(version.version) for version in found)
        return cls.read(client, name, first, created=first == created)

    @property
    def problem_type(self) -> str:
        """The problem type it was registered with; versions of earlier releases are binary classifiers."""
        return self.tag("problem_type") or BINARY.name

    @property
    def megabytes(self) -> float | None:
        """The size of the model file, in 1,000,000 bytes; ``None`` if it is not recorded."""
        size = self.metrics.get(MODEL_BYTES)
        return None if size is None else size / 1e6

    @property
    def train_seconds(self) -> float | None:
        """The run time of the stage that made the model; ``None`` if it is not recorded."""
        return self.metrics.get(TRAIN_SECONDS)

    @property
    def uri(self) -> str:
        """MLflow's address of the version."""
        return f"models:/{self.name}/{self.version}"

    def tag(self, name: TagName) -> str:
        """Return a tag of the library, by its name without the prefix; empty if it is not set."""
        return read_tag(self.tags, name)

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


def find_sealed_versions(client: MlflowClient, name: str, key: str) -> list[Entity]:
    """Return the versions of a content key that have a seal, as MLflow's entities."""
    found = client.search_model_versions(f"name = '{name}' and {filter_by_key(key)}")
    return [version for version in found if SEAL in version.tags]


def list_versions(model: str | None = None) -> Sequence[Entity]:
    """Return all versions of a model, or of all models, newest first, as MLflow's entities.

    The entities have no aliases. Call this within an open :func:`~trimtab.registry.tracking.connection`.
    """
    import mlflow

    of_model = f"name = '{model}'" if model else None
    found: list[Entity] = mlflow.search_model_versions(
        filter_string=of_model, order_by=["version_number DESC"]
    )
    return found


def version_exists(client: MlflowClient, model: str, number: int | str) -> bool:
    """Whether MLflow has a version."""
    return bool(client.search_model_versions(f"name = '{model}' and version_number = {number}"))


def require_model(client: MlflowClient, name: str) -> None:
    """Refuse the name of a model that MLflow does not have.

    Raises:
        RegistryError: MLflow has no registered model of that name.
    """
    if client.search_registered_models(f"name = '{name}'"):
        return
    others = [model.name for model in client.search_registered_models(max_results=1000)]
    if not others:
        raise RegistryError(
            f"No version of '{name}' is registered yet",
            where="MLflow, which holds no model at all",
            fix="run the training DAG first; or, if there is a backup, `trimtab restore` it",
        )
    raise RegistryError(
        f"MLflow has no registered model '{name}'{closest(name, others)}",
        where="MLflow: registered models",
        fix="register a version with `trimtab publish`, or run the training DAG",
    )


def require_version(client: MlflowClient, name: str, number: int | str) -> Version:
    """Return a version.

    Raises:
        RegistryError: MLflow does not have it.
    """
    if version_exists(client, name, number):
        return Version.read(client, name, number)
    require_model(client, name)
    numbers = sorted(int(version.version) for version in list_versions(name))
    raise RegistryError(
        f"'{name}' has no version {number}",
        where=f"MLflow: registered model '{name}', versions {_format_numbers(numbers)}",
        fix="choose one of those; `trimtab models` describes each",
    )


def _format_numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[-MOST_NUMBERS:]))
    return f"… {shown}" if len(numbers) > MOST_NUMBERS else shown or "(none)"
