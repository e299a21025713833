"""The champion: the live version, loaded with its reference profile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.learning import BINARY, ProblemType
from trimtab.registry.loading import NO_PROJECT, ModelTrust, ScoringModel, download_reference, load_version
from trimtab.registry.promotion.aliases import CHAMPION, read_version_at
from trimtab.registry.tracking import Version, connection


@dataclass(frozen=True)
class Champion:
    """The champion, ready to score.

    Attributes:
        version: The version, with tags and metrics.
        model: Its estimator and features.
        reference: The downloaded reference profile for drift; ``None`` if it was published without one.
    """

    version: Version
    model: ScoringModel
    reference: Path | None


def load_champion(
    name: str, *, into: Path, trusted: ModelTrust = NO_PROJECT, problem: ProblemType = BINARY
) -> Champion:
    """Download and load the champion and its reference profile.

    Args:
        name: The registered model.
        into: Folder for the downloaded files, which is created if it does not exist.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.

    Raises:
        ModelError: It holds types that are not trusted; nothing of it was executed.
        RegistryError: There is no champion, it has another problem type, a file is missing or altered, or the
            server does not answer.
    """
    with connection() as client:
        version = read_version_at(client, name, CHAMPION)
        if version is None:
            raise RegistryError(
                f"No version of '{name}' is champion",
                where=f"MLflow: registered model '{name}', alias '{CHAMPION}'",
                fix="run the training DAG; it promotes the first version that passes its gates",
            )
        model = load_version(version, into, trusted, problem)
        return Champion(version, model, download_reference(client, version, into))
