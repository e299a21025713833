"""Ledgers in memory."""

from __future__ import annotations

from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry


def history(*champions: int | str) -> Ledger:
    """Return a ledger in memory; ``"2!"`` is a rollback to version 2."""
    entries: list[LedgerEntry] = []
    for number, step in enumerate(champions, start=1):
        champion, rolled = int(str(step).rstrip("!")), str(step).endswith("!")
        entries.append(
            LedgerEntry(
                number=number,
                model="m",
                champion=champion,
                was=entries[-1].champion if entries else None,
                how="rolled back" if rolled else "promoted",
                by="t",
                reason="r",
                at=f"2026-01-{number:02d}T00:00:00+00:00",
                data_until=f"2013-{number:02d}-01",
                person=rolled,
                previous=entries[-1].hash if entries else "",
            )
        )
    return Ledger("m", "run", tuple(entries))
