"""What MLflow holds: publish, promote by comparison, keep the ledger, roll back, look at windows, score."""

from __future__ import annotations

from trimtab.params_sections import ScorePolicy
from trimtab.registry.drift_log.drift_check import CheckedWindow, check_newest_window
from trimtab.registry.drift_log.drift_log import note_outcome, waiting_windows
from trimtab.registry.drift_log.due_windows import NothingToJudgeError
from trimtab.registry.loading.scoring_model import ScoringModel
from trimtab.registry.promotion.champion import (
    Champion,
    find_addressed,
    find_challenger,
    find_champion,
    find_version,
    load_champion,
)
from trimtab.registry.promotion.examination import Approval, Decision, Examination
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import examine, let_in, promote
from trimtab.registry.promotion.rollback import roll_back
from trimtab.registry.promotion.test_window import label_of, test_window
from trimtab.registry.provenance.uncommitted_changes import with_patch
from trimtab.registry.publishing.candidate import Candidate, own_model, trusted_types
from trimtab.registry.publishing.registration import publish
from trimtab.registry.scoring.score_log import KeptScores, score_in_shadow, score_windows
from trimtab.registry.scoring.scoring import Scorer, load_scorer
from trimtab.registry.tracking.model_version import Version
from trimtab.registry.tracking.server import require_server

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
