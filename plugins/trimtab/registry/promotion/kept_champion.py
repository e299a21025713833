"""The decision of a person that the champion stays: it answers drift, and unfreezes automatic promotion."""

from __future__ import annotations

from trimtab.errors import RegistryError
from trimtab.registry.ledger import LedgerEntry
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.tracking import connection, require_model


def keep_champion(model: str, *, by: str, reason: str) -> LedgerEntry:
    """Record in the ledger that a person has decided that the champion stays.

    Args:
        model: The registered model.
        by: The person.
        reason: The person's reason.

    Returns:
        The ledger's entry.

    Raises:
        RegistryError: There is no champion, the ledger is broken, the reason is empty or too long, another
            entry was first, or the server does not answer. Then nothing has changed.
    """
    with connection() as client:
        require_model(client, model)
        ledger = reconcile(client, model)
        if ledger.last is None or ledger.champion is None:
            raise RegistryError(
                f"'{model}' has no champion that could stay",
                where=f"ledger of '{model}'",
                fix="promote a version: `trimtab models` lists them",
            )
        switched = switch_champion(
            client,
            ledger,
            champion=ledger.champion,
            how="kept",
            by=by,
            reason=reason,
            person=True,
            seal=ledger.last.seal,  # what is loaded is still compared with it
        )
        if switched is None or switched.last is None:
            raise RegistryError(
                f"Another entry of the ledger of '{model}' was first: the decision was not recorded",
                where=f"ledger of '{model}'",
                fix="read `trimtab models`, and decide again if that is still right",
            )
        return switched.last
