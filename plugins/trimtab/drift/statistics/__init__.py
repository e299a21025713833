"""Distances, significance tests, the domain classifier, and estimates of performance."""

from __future__ import annotations

from trimtab.drift.statistics.distances import jensen_shannon_distance, psi_of_counts, wasserstein_in_spreads
from trimtab.drift.statistics.domain_classifier import JointDrift, domain_auc, joint_drift
from trimtab.drift.statistics.model_performance import (
    DIGITS,
    Performance,
    checked_labels,
    checked_scores,
    performance,
)
from trimtab.drift.statistics.performance_estimate import (
    expected_auc,
    expected_base_rate,
    positive_rates,
)
from trimtab.drift.statistics.significance import (
    above_zero,
    auc_standard_error,
    benjamini_hochberg,
    design_effect,
    expected_psi,
    same_distribution,
)

__all__ = [
    "DIGITS",
    "JointDrift",
    "Performance",
    "above_zero",
    "auc_standard_error",
    "benjamini_hochberg",
    "checked_labels",
    "checked_scores",
    "design_effect",
    "domain_auc",
    "expected_auc",
    "expected_base_rate",
    "expected_psi",
    "jensen_shannon_distance",
    "joint_drift",
    "performance",
    "positive_rates",
    "psi_of_counts",
    "same_distribution",
    "wasserstein_in_spreads",
]
