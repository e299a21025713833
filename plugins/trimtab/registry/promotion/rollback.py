"""Go back to an earlier champion, after it has been seen to load and to answer."""

from __future__ import annotations

from collections.abc import Collection

from trimtab.errors import RegistryError
from trimtab.registry.ledger import Entry, Ledger
from trimtab.registry.loading import try_out
from trimtab.registry.promotion.champion_switch import reconcile, switch
from trimtab.registry.tracking import Version, connection, seal_hash


def roll_back(
    model: str,
    *,
    to: int | None = None,
    by: str,
    reason: str,
    once: bool = False,
    trusted: Collection[str] = (),
) -> Entry:
    """Make an earlier champion champion again.

    The version that is left is withdrawn: no automatic promotion lets its content in again.

    Args:
        model: The registered model.
        to: Which version; by default the champion before this one that nobody has rolled back from.
        by: The DAG run or the user.
        reason: Why.
        once: Whether a rollback that ``by`` has done is the answer, as for a task that is tried again.
        trusted: The types its model may hold, as the checkout that runs lists them.

    Returns:
        The ledger's entry.

    Raises:
        RegistryError: There is nothing to go back to, the version does not load or answer, the champion has
            changed meanwhile, or the server is away. Then the champion is the one it was.
    """
    with connection() as client:
        ledger = reconcile(client, model)
        done = ledger.last
        if once and done and done.how == "rolled back" and done.by == by:
            return done
        version = Version.read(client, model, _target(ledger, to))
        try_out(version, trusted)
        facts = {"how": "rolled back", "by": by, "reason": reason, "person": True}
        after = switch(client, ledger, champion=version.version, seal=seal_hash(version), **facts)
        if after is None or after.last is None:
            now = Ledger.read(client, model).last
            raise RegistryError(
                f"Another switch of '{model}' came first: {now.by if now else 'somebody'} made version "
                f"{now.champion if now else None} champion",
                where=f"MLflow: registered model '{model}'",
                fix="look at `trimtab models`, and roll back again if it is still wanted",
            )
        return after.last


def _target(ledger: Ledger, to: int | None) -> int:
    champions = sorted({entry.champion for entry in ledger.entries if entry.champion is not None})
    if to is not None and to not in champions:
        raise RegistryError(
            f"Version {to} of '{ledger.model}' has never been champion",
            where=f"ledger of '{ledger.model}': champions {', '.join(map(str, champions)) or '(none)'}",
            fix="choose one of those; `trimtab promote` makes another version champion",
        )
    target = to or ledger.fallback
    if target is None or target == ledger.champion:
        raise RegistryError(
            f"There is no version of '{ledger.model}' to go back to"
            if target is None
            else f"Version {target} of '{ledger.model}' is the champion already",
            where=f"MLflow: registered model '{ledger.model}'",
            fix="`trimtab models` shows which versions have been champion; nothing has been switched",
        )
    return target
