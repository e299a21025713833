"""Promote a version manually: because a person says so, without a comparison."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.learning import BINARY, ProblemType
from trimtab.registry.isolation import require_untainted
from trimtab.registry.ledger import LedgerEntry
from trimtab.registry.loading import NO_PROJECT, ModelTrust, smoke_test
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.tracking import Version, connection, hash_seal


def promote_manually(
    version: Version,
    *,
    by: str,
    reason: str,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
    root: Path | None = None,
) -> LedgerEntry | None:
    """Make a version champion because a person says so, after a smoke test.

    Args:
        version: The version.
        by: The person.
        reason: The person's reason.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.
        root: The project of the model: its cache or remote says which files its folders had. It is read
            only while data is isolated.

    Returns:
        The ledger's entry; ``None`` if another switch was first, and this one has changed nothing.

    Raises:
        ModelError: It holds types that are not trusted.
        RegistryError: It is champion already, comes from isolated data, fails the smoke test, or the server
            does not answer.
    """
    with connection() as client:
        ledger = reconcile(client, version.name)
        if ledger.champion == version.version:
            raise RegistryError(f"{version} is the champion already", fix="`trimtab models` shows since when")
        require_untainted(client, version, root)
        smoke_test(version, trusted, problem)
        switched = switch_champion(
            client,
            ledger,
            champion=version.version,
            how="promoted",
            by=by,
            reason=reason,
            seal=hash_seal(version),
            data_until=version.tag("data_until"),
            person=True,
        )
        return switched.last if switched else None
