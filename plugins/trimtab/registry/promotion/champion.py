"""The model that is live: the version that carries the alias ``champion``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import RegistryError, closest
from trimtab.registry.loading import ScoringModel, download_reference, load_version
from trimtab.registry.tracking import Version, connection, require_version

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Champion:
    """The champion, ready to score.

    Attributes:
        version: Its version, with tags and metrics.
        model: Its estimator and features.
        reference: The profile drift is measured against, downloaded; ``None`` if it was published without.
    """

    version: Version
    model: ScoringModel
    reference: Path | None


def find_champion(name: str) -> Version | None:
    """Return the version of ``name`` that is champion, if one is.

    Raises:
        RegistryError: The server is away or refuses.
    """
    with connection() as client:
        return read_champion(client, name)


def find_challenger(name: str) -> Version | None:
    """Return the version of ``name`` that was last not promoted, if there is one.

    Raises:
        RegistryError: The server is away or refuses.
    """
    with connection() as client:
        number = aliases(client, name).get(CHALLENGER)
        return Version.read(client, name, number) if number else None


def find_version(name: str, number: int) -> Version:
    """Return a version by its number.

    Raises:
        RegistryError: There is none, or the server is away.
    """
    with connection() as client:
        return require_version(client, name, number)


def find_addressed(uri: str) -> Version:
    """Return the version at an address of MLflow's: ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``.

    Raises:
        RegistryError: It is no such address, there is nothing at it, or the server is away.
    """
    name, slash, number = uri.removeprefix("models:/").partition("/")
    alias = ""
    if not slash:
        name, _, alias = name.rpartition("@")
    if not uri.startswith("models:/") or not name or not (alias or number.isdecimal()):
        raise RegistryError(
            f"'{uri}' is no address of a model version",
            fix="write models:/NAME@ALIAS or models:/NAME/VERSION",
        )
    with connection() as client:
        if not alias:
            return require_version(client, name, number)
        known = aliases(client, name)
        if alias not in known:
            raise RegistryError(
                f"No version of '{name}' has the alias '{alias}'{closest(alias, known)}",
                where=f"MLflow: registered model '{name}', aliases {', '.join(sorted(known)) or '(none)'}",
                fix="`trimtab models` shows what is there",
            )
        return Version.read(client, name, known[alias])


def load_champion(name: str, *, into: Path, trusted: Collection[str] = ()) -> Champion:
    """Download the champion and its reference, and load it.

    Args:
        name: The registered model.
        into: Folder for the downloaded files; it is made if need be.
        trusted: The types its model may hold, as the checkout that runs lists them.

    Raises:
        RegistryError: There is no champion, it cannot be loaded safely, or the server is away.
    """
    with connection() as client:
        version = read_champion(client, name)
        if version is None:
            raise RegistryError(
                f"No version of '{name}' is champion",
                where=f"MLflow: registered model '{name}', alias '{CHAMPION}'",
                fix="run the training DAG; it promotes the first version that passes its gates",
            )
        model = load_version(version, into, trusted)
        return Champion(version, model, download_reference(client, version, into))


def read_champion(client: Any, name: str) -> Version | None:
    """As :func:`find_champion`, on an open connection."""
    number = aliases(client, name).get(CHAMPION)
    return Version.read(client, name, number) if number else None


def aliases(client: Any, name: str) -> dict[str, str]:
    """Return alias to version; none if there is no such model.

    Asked of the registered model: MLflow answers a request for a missing alias with the same error code as
    a malformed request.
    """
    models = client.search_registered_models(f"name = '{name}'")
    return dict(models[0].aliases) if models else {}
