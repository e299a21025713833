"""Switch the champion: append to the ledger first, then set the aliases as the ledger says.

A switch that is interrupted in between leaves the aliases to the next one. After two switches at once, both
set the aliases by the last entry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from trimtab.escaping import markdown
from trimtab.json_value import JsonValue
from trimtab.registry.ledger import APPLIED_TAG, Ledger, LedgerEntry, Switch
from trimtab.registry.promotion.aliases import (
    CHALLENGER,
    CHAMPION,
    PREVIOUS,
    read_aliases,
    read_champion_number,
)
from trimtab.registry.publishing import format_gain, set_headline
from trimtab.registry.tracking import MlflowClient, upsert, version_exists
from trimtab.telemetry import instruments, record

SWITCH_TIME = 1.0  # seconds that another switch takes from its ledger entry to its aliases


def reconcile(client: MlflowClient, model: str) -> Ledger:
    """Return the ledger after making ledger and aliases agree.

    A switch that was interrupted is completed. If somebody moved the alias without the ledger, or set it
    before there was one, the ledger gets an entry for it: that version was live.

    Raises:
        RegistryError: The ledger is broken.
    """
    ledger = Ledger.read(client, model)
    ledger.require_intact()
    if ledger.last and ledger.applied != ledger.last.reference:
        ledger = _apply(client, ledger)
    if read_champion_number(client, model) != ledger.champion:
        time.sleep(SWITCH_TIME)
        ledger, live = Ledger.read(client, model), read_champion_number(client, model)
        if live != ledger.champion:
            reason = f"the alias '{CHAMPION}' was moved without the ledger"
            found = switch_champion(client, ledger, champion=live, how="found", by="unknown", reason=reason)
            return found or reconcile(client, model)
    return ledger


def switch_champion(
    client: MlflowClient,
    ledger: Ledger,
    *,
    champion: int | None,
    how: Switch,
    by: str,
    reason: str,
    data_until: str = "",
    person: bool = False,
    comparison: Mapping[str, JsonValue] | None = None,
    seal: str = "",
    source: Mapping[str, JsonValue] | None = None,
) -> Ledger | None:
    """Make another version champion.

    Args:
        client: MLflow's client.
        ledger: The ledger that the decision was based on.
        champion: The new champion; ``None`` if there is none from now on.
        how: ``promoted``, ``rolled back``, ``found`` or ``kept``.
        by: The DAG run or the user.
        reason: Why.
        data_until: ISO date: where the champion's data end.
        person: Whether a person decided.
        comparison: The figures behind the decision.
        seal: SHA-256 of the champion's seal.
        source: Where the champion was promoted before, in another environment.

    Returns:
        The ledger with the new entry; ``None`` if another switch was first, and this one has changed nothing.

    Raises:
        RegistryError: The ledger is broken, or the entry is too long.
    """
    appended = ledger.append(
        client,
        champion=champion,
        how=how,
        by=by,
        reason=reason,
        data_until=data_until,
        person=person,
        comparison=comparison,
        seal=seal,
        source=source,
    )
    if appended is None:
        return None
    if champion is not None and how != "kept":
        record(instruments.CHAMPION_SINCE, time.time(), {instruments.MODEL: ledger.model})
    return _apply(client, appended)


def _apply(client: MlflowClient, ledger: Ledger) -> Ledger:
    """Set the aliases as the last entry says, again if the ledger has got another entry meanwhile."""
    while True:
        _set_aliases(client, ledger)
        assert ledger.last
        _set_headlines(client, ledger.last)
        upsert(client.set_tag, ledger.run_id, APPLIED_TAG, ledger.last.reference)
        current = Ledger.read(client, ledger.model)
        if current.last == ledger.last:
            return current
        current.require_intact()
        ledger = current


def _set_aliases(client: MlflowClient, ledger: Ledger) -> None:
    """Set ``previous`` before ``champion``, and remove ``challenger`` from the new champion."""
    aliases = read_aliases(client, ledger.model)
    wanted = {PREVIOUS: _existing(client, ledger, ledger.rollback_target), CHAMPION: ledger.champion}
    for alias, version in wanted.items():
        if version is None and alias in aliases:
            client.delete_registered_model_alias(ledger.model, alias)
        elif version is not None and aliases.get(alias) != str(version):
            upsert(client.set_registered_model_alias, ledger.model, alias, str(version))
    if aliases.get(CHALLENGER) == str(ledger.champion):
        client.delete_registered_model_alias(ledger.model, CHALLENGER)


def _set_headlines(client: MlflowClient, entry: LedgerEntry) -> None:
    """Write the switch to the top of the descriptions of the new champion and of the one before."""
    why, by = markdown(entry.reason), markdown(entry.by)
    if entry.was is not None and version_exists(client, entry.model, entry.was):
        instead = f"version {entry.champion}" if entry.champion is not None else "no version"
        headline = f"**Was champion until {entry.at}**, then {instead}, {entry.how} by {by}: {why}"
        set_headline(client, entry.model, entry.was, headline)
    if entry.champion is not None and version_exists(client, entry.model, entry.champion):
        headline = f"**Champion since {entry.at}**, {entry.how} by {by}: {why}"
        gain = format_gain(entry.comparison)
        set_headline(client, entry.model, entry.champion, "\n\n".join(filter(None, [headline, gain])))


def _existing(client: MlflowClient, ledger: Ledger, version: int | None) -> int | None:
    return version if version is not None and version_exists(client, ledger.model, version) else None
