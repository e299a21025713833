"""A model version as MLflow holds it, found by the content it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from trimtab.errors import RegistryError, closest

NAMED = 20  # versions in a message
PATCH = "uncommitted.patch"  # among the files of a run
TAG_PREFIX = "trimtab."  # of every tag the library writes, on runs and versions
ARTIFACT_HASH = f"{TAG_PREFIX}artifact_sha256"  # of the model as the server held it when it was registered
SEAL = f"{TAG_PREFIX}seal"  # param of the run: what the version was registered with; tag: that there is one


@dataclass(frozen=True)
class Version:
    """A model version.

    Attributes:
        name: The registered model.
        version: Its number.
        run_id: The MLflow run behind it.
        created: Whether the call that returned it created it.
        key: The hash of the lock entries it came from.
        metrics: The run's metrics.
        tags: The version's tags.
        seal: What it was registered with, as :mod:`~trimtab.registry.tracking.seal` reads it; empty if it is
            not on record.
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
    def read(cls, client: Any, name: str, number: int | str, *, created: bool = False) -> Self:
        """Read a version that is known to exist."""
        found = client.get_model_version(name, str(number))
        run = client.get_run(found.run_id).data
        return cls(
            name=name,
            version=int(found.version),
            run_id=found.run_id,
            created=created,
            key=found.tags.get(f"{TAG_PREFIX}key", ""),
            metrics=dict(run.metrics),
            tags=dict(found.tags),
            seal=run.params.get(SEAL, ""),
        )

    @classmethod
    def of_key(cls, client: Any, name: str, key: str, *, created: int = 0) -> Self | None:
        """Return the version of that key, the first of several, if there is one that is sealed.

        One of an earlier release is not: the same content is registered anew.

        Args:
            client: MLflow's.
            name: The registered model.
            key: The hash of the lock entries.
            created: The number of the version the caller has created, if any.
        """
        found = sealed(client, name, key)
        if not found:
            return None
        first = min(int(version.version) for version in found)
        return cls.read(client, name, first, created=first == created)

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


def by_key(key: str) -> str:
    """Return MLflow's filter for what carries the key; a dotted tag needs the backticks."""
    return f"tags.`{TAG_PREFIX}key` = '{key}'"


def sealed(client: Any, name: str, key: str) -> list[Any]:
    """Return the versions of a key that were registered with a seal, as MLflow's own entities."""
    found = client.search_model_versions(f"name = '{name}' and {by_key(key)}")
    return [version for version in found if SEAL in version.tags]


def every_version(model: str | None = None) -> list[Any]:
    """Return every version MLflow has, of a model or of all, the newest first, as MLflow's own entities.

    They come without their aliases. Within an open connection.
    """
    import mlflow

    of_model = f"name = '{model}'" if model else None
    found: list[Any] = mlflow.search_model_versions(filter_string=of_model, order_by=["version_number DESC"])
    return found


def require_model(client: Any, name: str) -> None:
    """Refuse a model that MLflow does not hold.

    Raises:
        RegistryError: It holds none of that name.
    """
    if not client.search_registered_models(f"name = '{name}'"):
        others = [model.name for model in client.search_registered_models(max_results=1000)]
        if not others:
            raise RegistryError(
                f"No version of '{name}' is registered yet",
                where="MLflow, which holds no model at all",
                fix="run the training DAG first; or, if there is a backup, `trimtab restore` it",
            )
        raise RegistryError(
            f"MLflow holds no model '{name}'{closest(name, others)}",
            where="MLflow: registered models",
            fix="publish one with `trimtab publish`, or by running the training DAG",
        )


def require_version(client: Any, name: str, number: int | str) -> Version:
    """Return a version.

    Raises:
        RegistryError: MLflow does not hold it.
    """
    if is_there(client, name, number):
        return Version.read(client, name, number)
    require_model(client, name)
    numbers = sorted(int(version.version) for version in every_version(name))
    raise RegistryError(
        f"'{name}' has no version {number}",
        where=f"MLflow: registered model '{name}', versions {_listed(numbers)}",
        fix="choose one of those; `trimtab models` says what each is",
    )


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[-NAMED:]))
    return f"… {shown}" if len(numbers) > NAMED else shown or "(none)"


def is_there(client: Any, model: str, number: int | str) -> bool:
    """Whether MLflow has a version still."""
    return bool(client.search_model_versions(f"name = '{model}' and version_number = {number}"))
