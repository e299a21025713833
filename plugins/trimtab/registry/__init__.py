"""What MLflow holds: publish a candidate, load the champion, promote by comparison, look at new windows."""

from __future__ import annotations

from trimtab.registry.candidate import Candidate
from trimtab.registry.champion import Champion, find_champion, find_version, load_champion
from trimtab.registry.driftlog import note_outcome
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
    "note_outcome",
    "promote",
    "publish",
    "require_server",
    "test_window",
]
