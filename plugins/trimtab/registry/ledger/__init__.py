"""The ledger: who was champion from when to when."""

from __future__ import annotations

from trimtab.registry.ledger.ledger import SETTLED, Ledger, mark
from trimtab.registry.ledger.ledger_entry import Entry

__all__ = ["SETTLED", "Entry", "Ledger", "mark"]
