"""The order of the ledger: entry n follows entry n-1, and has its hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from trimtab.registry.ledger.ledger_entry import LedgerEntry, entry_key


def find_breaks(
    model: str, entries: Sequence[LedgerEntry], keys: Sequence[str], applied: str
) -> Iterator[str]:
    """Yield a sentence for each place where the order or the chain of hashes is broken.

    Args:
        model: The registered model, which each entry has to name.
        entries: The entries that could be read, in the order of their keys.
        keys: The names of the params that store them, sorted.
        applied: :attr:`LedgerEntry.reference` of the entry that the aliases were last set by. The chain alone
            cannot show that its last entries are missing; this can.
    """
    yield from _misplaced(keys)
    yield from (f"entry {entry.key} belongs to another model" for entry in entries if entry.model != model)
    for entry, key in zip(entries, keys, strict=False):
        if entry.key != key:
            yield f"entry {key} has the number of entry {entry.key}"
    if entries and entries[0].previous:
        yield f"entry {entries[0].key} is not the first entry"
    for before, after in pairwise(entries):
        yield from _broken_link(before, after)
    if applied and applied not in [entry.reference for entry in entries]:
        yield f"entry {applied.partition(' ')[0]}, by which the aliases were set, is missing or changed"


def _misplaced(keys: Sequence[str]) -> Iterator[str]:
    for number, key in enumerate(keys, start=1):
        if key != entry_key(number):
            yield f"entry {key} is in the place of entry {entry_key(number)}"


def _broken_link(before: LedgerEntry, after: LedgerEntry) -> Iterator[str]:
    """Compare two neighbours: hash, champion and time of the second have to follow the first."""
    if after.previous != before.hash:
        yield f"entry {after.key} has another hash for entry {before.key}, which was changed or replaced"
    if after.was != before.champion or after.at < before.at:
        yield f"entry {after.key} does not follow entry {before.key}: champion or time differ"
