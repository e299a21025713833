"""The ledger: which version was champion, from when to when."""

from __future__ import annotations

from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry, LedgerLine, Switch
from trimtab.registry.ledger.ledger_storage import APPLIED_TAG

__all__ = ["APPLIED_TAG", "Ledger", "LedgerEntry", "LedgerLine", "Switch"]
