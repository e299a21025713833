"""What MLflow holds: publish, promote by comparison, keep the ledger, roll back, look at new windows."""

from __future__ import annotations

from trimtab.registry.candidate import Candidate, own_model
from trimtab.registry.champion import Champion, find_champion, find_version, load_champion
from trimtab.registry.model import ScoringModel
from trimtab.registry.promote import (
    Comparison,
    Decision,
    PromotePolicy,
    compare,
    label_of,
    promote,
    test_window,
)
from trimtab.registry.publish import publish
from trimtab.registry.rollback import roll_back
from trimtab.registry.server import require_server
from trimtab.registry.version import Version
from trimtab.registry.windows import CheckedWindow, check_newest_window

__all__ = [
    "Candidate",
    "Champion",
    "CheckedWindow",
    "Comparison",
    "Decision",
    "PromotePolicy",
    "ScoringModel",
    "Version",
    "check_newest_window",
    "compare",
    "find_champion",
    "find_version",
    "label_of",
    "load_champion",
    "own_model",
    "promote",
    "publish",
    "require_server",
    "roll_back",
    "test_window",
]
