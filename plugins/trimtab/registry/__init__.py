"""What MLflow holds: publish, promote by comparison, keep the ledger, roll back, look at windows, score."""

from __future__ import annotations

from trimtab.registry.candidate import Candidate, own_model, trusted_types
from trimtab.registry.champion import (
    Champion,
    find_addressed,
    find_challenger,
    find_champion,
    find_version,
    load_champion,
)
from trimtab.registry.driftlog import note_outcome, waiting_windows
from trimtab.registry.due import NothingToJudgeError
from trimtab.registry.examination import Approval, Decision, Examination
from trimtab.registry.model import ScoringModel
from trimtab.registry.patch import with_patch
from trimtab.registry.policy import PromotePolicy
from trimtab.registry.promote import examine, let_in, promote
from trimtab.registry.publish import publish
from trimtab.registry.rollback import roll_back
from trimtab.registry.scores import KeptScores, score_in_shadow, score_windows
from trimtab.registry.scoring import Scorer, load_scorer
from trimtab.registry.server import require_server
from trimtab.registry.testwindow import label_of, test_window
from trimtab.registry.version import Version
from trimtab.registry.windows import CheckedWindow, check_newest_window
from trimtab.sections import ScorePolicy

__all__ = [
    "Approval",
    "Candidate",
    "Champion",
    "CheckedWindow",
    "Decision",
    "Examination",
    "KeptScores",
    "NothingToJudgeError",
    "PromotePolicy",
    "ScorePolicy",
    "Scorer",
    "ScoringModel",
    "Version",
    "check_newest_window",
    "examine",
    "find_addressed",
    "find_challenger",
    "find_champion",
    "find_version",
    "label_of",
    "let_in",
    "load_champion",
    "load_scorer",
    "note_outcome",
    "own_model",
    "promote",
    "publish",
    "require_server",
    "roll_back",
    "score_in_shadow",
    "score_windows",
    "test_window",
    "trusted_types",
    "waiting_windows",
    "with_patch",
]
