"""The registry in MLflow: publish, promote, roll back, rebuild, score, log drift, verify, back up."""

from __future__ import annotations

from trimtab.params_sections import ScorePolicy
from trimtab.registry.drift_log import (
    CheckedWindow,
    NoWindowToCheckError,
    check_newest_window,
    drift_extensions,
    pending_windows,
    record_retrain_outcome,
)
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion import (
    Approval,
    Champion,
    ComparisonSummary,
    PromotePolicy,
    PromotionDecision,
    compare_with_champion,
    find_challenger,
    find_champion,
    find_version,
    find_version_by_uri,
    load_champion,
    promote,
    promote_manually,
    read_label_column,
    require_test_window,
    roll_back,
)
from trimtab.registry.publishing import (
    Candidate,
    Published,
    load_publishers,
    publish,
    read_model_name,
    trusted_types,
    with_patch,
    with_published_artifacts,
)
from trimtab.registry.scoring import LoggedScores, TableScorer, load_scorer, score_in_shadow, score_windows
from trimtab.registry.tracking import Version, require_server

__all__ = [
    "Approval",
    "Candidate",
    "Champion",
    "CheckedWindow",
    "ComparisonSummary",
    "LoggedScores",
    "NoWindowToCheckError",
    "PromotePolicy",
    "PromotionDecision",
    "Published",
    "ScorePolicy",
    "ScoringModel",
    "TableScorer",
    "Version",
    "check_newest_window",
    "compare_with_champion",
    "drift_extensions",
    "find_challenger",
    "find_champion",
    "find_version",
    "find_version_by_uri",
    "load_champion",
    "load_publishers",
    "load_scorer",
    "pending_windows",
    "promote",
    "promote_manually",
    "publish",
    "read_label_column",
    "read_model_name",
    "record_retrain_outcome",
    "require_server",
    "require_test_window",
    "roll_back",
    "score_in_shadow",
    "score_windows",
    "trusted_types",
    "with_patch",
    "with_published_artifacts",
]
