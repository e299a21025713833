"""The one way a champion changes: the ledger first, then the aliases, which follow from it.

Whoever is interrupted in between leaves aliases that the next one sets; whoever is overtaken sets them again.
"""

from __future__ import annotations

import time
from typing import Any

from trimtab.registry.ledger import SETTLED, Ledger, mark
from trimtab.registry.promotion.champion import CHALLENGER, CHAMPION, aliases
from trimtab.registry.tracking import upsert

PREVIOUS = "previous"
IN_PROGRESS = 1.0  # seconds in which a switch that is under way has set its aliases


def reconcile(client: Any, model: str) -> Ledger:
    """Return the ledger once ledger and aliases agree.

    A switch that was interrupted is completed. An alias that somebody moved past the ledger, or set before
    there was one, becomes an entry: it is what was live.

    Raises:
        RegistryError: The ledger is broken.
    """
    ledger = Ledger.read(client, model)
    ledger.require_whole()
    if ledger.last and ledger.settled != mark(ledger.last):
        ledger = _settle(client, ledger)
    if live(client, model) != ledger.champion:
        time.sleep(IN_PROGRESS)
        ledger, now = Ledger.read(client, model), live(client, model)
        if now != ledger.champion:
            reason = f"the alias '{CHAMPION}' had been set past the ledger"
            found = switch(client, ledger, champion=now, how="found", by="unknown", reason=reason)
            return found or reconcile(client, model)
    return ledger


def switch(client: Any, ledger: Ledger, **facts: Any) -> Ledger | None:
    """Make another version champion.

    Args:
        client: MLflow's.
        ledger: What was decided on.
        **facts: Of the entry: ``champion``, ``how``, ``by``, ``reason`` and what else is known.

    Returns:
        The ledger with the entry; ``None`` if another switch came first, and nothing has changed by this one.

    Raises:
        RegistryError: The ledger is broken, or the entry is too long.
    """
    grown = ledger.append(client, **facts)
    return _settle(client, grown) if grown else None


def live(client: Any, model: str) -> int | None:
    """Return the version the alias ``champion`` points to, whatever the ledger says."""
    number = aliases(client, model).get(CHAMPION)
    return int(number) if number else None


def _settle(client: Any, ledger: Ledger) -> Ledger:
    """Set the aliases as the ledger says, again if it has grown meanwhile: the last entry wins."""
    while True:
        _point(client, ledger)
        assert ledger.last
        upsert(client.set_tag, ledger.run_id, SETTLED, mark(ledger.last))
        now = Ledger.read(client, ledger.model)
        if now.last == ledger.last:
            return now
        now.require_whole()
        ledger = now


def _point(client: Any, ledger: Ledger) -> None:
    """Set ``previous`` before ``champion``, and take ``challenger`` from who has become champion."""
    held = aliases(client, ledger.model)
    wanted = {PREVIOUS: _still_there(client, ledger, ledger.fallback), CHAMPION: ledger.champion}
    for alias, version in wanted.items():
        if version is None and alias in held:
            client.delete_registered_model_alias(ledger.model, alias)
        elif version is not None and held.get(alias) != str(version):
            upsert(client.set_registered_model_alias, ledger.model, alias, str(version))
    if held.get(CHALLENGER) == str(ledger.champion):
        client.delete_registered_model_alias(ledger.model, CHALLENGER)


def _still_there(client: Any, ledger: Ledger, version: int | None) -> int | None:
    found = client.search_model_versions(f"name = '{ledger.model}' and version_number = {version or 0}")
    return version if found else None
