"""What MLflow holds: publish, promote by comparison, keep the ledger, roll back, look at windows, score."""

from __future__ import annotations

from trimtab.params_sections import ScorePolicy
from trimtab.registry.drift_log import (
    CheckedWindow,
    NoWindowToCheckError,
    check_newest_window,
    pending_windows,
    record_retrain_outcome,
)
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion import (
    Approval,
    Champion,
    Decision,
    Examination,
    PromotePolicy,
    examine,
    find_addressed,
    find_challenger,
    find_champion,
    find_version,
    label_of,
    let_in,
    load_champion,
    promote,
    roll_back,
    test_window,
)
from trimtab.registry.publishing import Candidate, own_model, publish, trusted_types, with_patch
from trimtab.registry.scoring import KeptScores, Scorer, load_scorer, score_in_shadow, score_windows
from trimtab.registry.tracking import Version, require_server

__all__ = [
    "Approval",
    "Candidate",
    "Champion",
    "CheckedWindow",
    "Decision",
    "Examination",
    "KeptScores",
    "NoWindowToCheckError",
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
    "own_model",
    "pending_windows",
    "promote",
    "publish",
    "record_retrain_outcome",
    "require_server",
    "roll_back",
    "score_in_shadow",
    "score_windows",
    "test_window",
    "trusted_types",
    "with_patch",
]
