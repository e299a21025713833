"""The aliases of a registered model: ``champion``, ``challenger`` and ``previous``."""

from __future__ import annotations

from trimtab.registry.tracking import MlflowClient, Version

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"


def read_aliases(client: MlflowClient, name: str) -> dict[str, str]:
    """Return alias to version number; none if there is no such model.

    They are read from the registered model. A request for one alias that is missing gets the same error code
    as a malformed request.
    """
    models = client.search_registered_models(f"name = '{name}'")
    return dict(models[0].aliases) if models else {}


def read_version_at(client: MlflowClient, name: str, alias: str) -> Version | None:
    """Return the version that an alias points to, ``None`` if there is no such alias."""
    number = read_aliases(client, name).get(alias)
    return Version.read(client, name, number) if number else None


def read_champion_number(client: MlflowClient, name: str) -> int | None:
    """Return the number of the version with the alias ``champion``, whatever the ledger says."""
    number = read_aliases(client, name).get(CHAMPION)
    return int(number) if number else None
