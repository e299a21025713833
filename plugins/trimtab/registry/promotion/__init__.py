"""Compare challenger and champion, promote, roll back, and show the history of champions."""

from __future__ import annotations

from trimtab.registry.promotion.aliases import CHAMPION, read_aliases
from trimtab.registry.promotion.candidate_comparison import (
    ComparedCandidate,
    compare_candidates,
)
from trimtab.registry.promotion.candidate_table import CandidateRow, candidate_rows
from trimtab.registry.promotion.champion import Champion, load_champion
from trimtab.registry.promotion.champion_history import ChampionHistory, read_history
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.promotion.checkout_registration import (
    compare_checkout,
    find_checkout_versions,
    promote_from_checkout,
    publish_checkout,
)
from trimtab.registry.promotion.comparison import compare_versions
from trimtab.registry.promotion.comparison_report import COMPARISON_REPORT
from trimtab.registry.promotion.comparison_summary import Approval, ComparisonSummary, PromotionDecision
from trimtab.registry.promotion.comparison_window import (
    read_label_column,
    read_labelled_window,
    require_test_window,
)
from trimtab.registry.promotion.kept_champion import keep_champion
from trimtab.registry.promotion.manual_promotion import promote_manually
from trimtab.registry.promotion.model_pair import compare_models
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_scores
from trimtab.registry.promotion.promote_metric import find_promote_metric, promote_metrics
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import promote, promote_best
from trimtab.registry.promotion.rollback import roll_back
from trimtab.registry.promotion.version_lookup import (
    find_challenger,
    find_champion,
    find_version,
    find_version_by_uri,
)
from trimtab.registry.promotion.version_table import describe_entry, show_history

__all__ = [
    "CHAMPION",
    "COMPARISON_REPORT",
    "Approval",
    "CandidateRow",
    "Champion",
    "ChampionHistory",
    "ComparedCandidate",
    "ComparisonSummary",
    "PairedMetric",
    "PromotePolicy",
    "PromotionDecision",
    "candidate_rows",
    "compare_candidates",
    "compare_checkout",
    "compare_models",
    "compare_scores",
    "compare_versions",
    "describe_entry",
    "find_challenger",
    "find_champion",
    "find_checkout_versions",
    "find_promote_metric",
    "find_version",
    "find_version_by_uri",
    "keep_champion",
    "load_champion",
    "promote",
    "promote_best",
    "promote_from_checkout",
    "promote_manually",
    "promote_metrics",
    "publish_checkout",
    "read_aliases",
    "read_history",
    "read_label_column",
    "read_labelled_window",
    "reconcile",
    "require_test_window",
    "roll_back",
    "show_history",
    "switch_champion",
]
