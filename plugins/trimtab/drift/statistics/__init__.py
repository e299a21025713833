"""Distances, significance tests, the domain classifier, and estimates of model performance."""

from __future__ import annotations

from trimtab.drift.statistics.distances import (
    jensen_shannon_distance,
    normalized_wasserstein_distance,
    smoothed_psi,
)
from trimtab.drift.statistics.domain_classifier import JointDrift, domain_auc, measure_joint_drift
from trimtab.drift.statistics.model_performance import (
    DIGITS,
    Performance,
    measure_performance,
    validate_labels,
    validate_scores,
)
from trimtab.drift.statistics.monte_carlo import MonteCarloTest, run_monte_carlo_tests
from trimtab.drift.statistics.performance_estimate import (
    expected_auc,
    expected_base_rate,
    positive_rates,
)
from trimtab.drift.statistics.project_statistic import ProjectStatistic
from trimtab.drift.statistics.significance import (
    auc_standard_error,
    benjamini_hochberg,
    design_effect,
    expected_psi,
    homogeneity_p_value,
    one_sided_p_value,
)

__all__ = [
    "DIGITS",
    "JointDrift",
    "MonteCarloTest",
    "Performance",
    "ProjectStatistic",
    "auc_standard_error",
    "benjamini_hochberg",
    "design_effect",
    "domain_auc",
    "expected_auc",
    "expected_base_rate",
    "expected_psi",
    "homogeneity_p_value",
    "jensen_shannon_distance",
    "measure_joint_drift",
    "measure_performance",
    "normalized_wasserstein_distance",
    "one_sided_p_value",
    "positive_rates",
    "run_monte_carlo_tests",
    "smoothed_psi",
    "validate_labels",
    "validate_scores",
]
