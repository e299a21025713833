"""Roll back: make an earlier champion the champion again, after a smoke test."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.learning import BINARY, ProblemType
from trimtab.registry.isolation import require_untainted
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.loading import NO_PROJECT, ModelTrust, smoke_test
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.tracking import Version, connection, hash_seal


def roll_back(
    model: str,
    *,
    to: int | None = None,
    by: str,
    reason: str,
    once: bool = False,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
    root: Path | None = None,
) -> LedgerEntry:
    """Make an earlier champion the champion again.

    The version that is rolled back from is retired: no automatic promotion makes its content champion again.

    Args:
        model: The registered model.
        to: The version to go back to; by default the last champion before this one that is not retired.
        by: The DAG run or the user.
        reason: Why.
        once: Return the last entry if it is a rollback by ``by``, as for a second try of a task.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.
        root: The project of the model: its cache or remote says which files its folders had. It is read
            only while data is isolated.

    Returns:
        The ledger's entry.

    Raises:
        ModelError: The version holds types that are not trusted.
        RegistryError: There is no version to go back to, it comes from isolated data, it fails the smoke
            test, or the champion was switched meanwhile. Then the champion has not changed.
    """
    with connection() as client:
        ledger = reconcile(client, model)
        last = ledger.last_switch
        if once and last and last.how == "rolled back" and last.by == by:
            return last
        version = Version.read(client, model, _find_target(ledger, to))
        require_untainted(client, version, root)
        smoke_test(version, trusted, problem)
        switched = switch_champion(
            client,
            ledger,
            champion=version.version,
            how="rolled back",
            by=by,
            reason=reason,
            person=True,
            seal=hash_seal(version),
        )
        if switched is None or switched.last is None:
            current = Ledger.read(client, model).last
            raise RegistryError(
                f"Another switch of '{model}' was first: {current.by if current else 'somebody'} made "
                f"version {current.champion if current else None} champion",
                where=f"MLflow: registered model '{model}'",
                fix="read `trimtab models`, and roll back again if that is still right",
            )
        return switched.last


def _find_target(ledger: Ledger, to: int | None) -> int:
    champions = sorted({entry.champion for entry in ledger.entries if entry.champion is not None})
    if to is not None and to not in champions:
        raise RegistryError(
            f"Version {to} of '{ledger.model}' has never been champion",
            where=f"ledger of '{ledger.model}': champions {', '.join(map(str, champions)) or '(none)'}",
            fix="choose one of those; `trimtab promote` makes another version champion",
        )
    target = to or ledger.rollback_target
    if target is None or target == ledger.champion:
        raise RegistryError(
            f"'{ledger.model}' has no version to roll back to"
            if target is None
            else f"Version {target} of '{ledger.model}' is the champion already",
            where=f"MLflow: registered model '{ledger.model}'",
            fix="`trimtab models` shows which versions have been champion; the champion has not changed",
        )
    return target
