"""Which champion a rollback goes back to, and which versions are retired, from the entries of the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from trimtab.registry.ledger.ledger_entry import LedgerEntry


def champion_stack(entries: Iterable[LedgerEntry]) -> list[int]:
    """Return the champions that a rollback can reach, oldest first; the last one is the champion.

    A promotion puts a version on top. A rollback removes every version above the one it goes back to, so a
    second rollback goes one champion further back and never forward.
    """
    stack: list[int] = []
    for entry in entries:
        if entry.how == "rolled back" and entry.champion in stack:
            del stack[stack.index(entry.champion) :]
        stack = [version for version in stack if version != entry.champion]
        stack += [] if entry.champion is None else [entry.champion]
    return stack


def retired_versions(entries: Iterable[LedgerEntry]) -> frozenset[int]:
    """Return the versions that were rolled back from, and that no person has promoted since."""
    retired: set[int] = set()
    for entry in entries:
        if entry.how == "rolled back" and entry.was is not None:
            retired.add(entry.was)
        if entry.person and entry.champion is not None and entry.how != "kept":
            retired.discard(entry.champion)
    return frozenset(retired)
