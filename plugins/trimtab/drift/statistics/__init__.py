"""Distances, significance tests, domain classifier, figures, attributions, what is expected of a window."""

from __future__ import annotations

from trimtab.drift.statistics.attribution import (
    Attribution,
    AttributionFigure,
    Predict,
    measure_attributions,
)
from trimtab.drift.statistics.calibration_curve import bin_means, expected_mean
from trimtab.drift.statistics.distances import (
    jensen_shannon_distance,
    normalized_wasserstein_distance,
    smoothed_psi,
)
from trimtab.drift.statistics.domain_classifier import JointDrift, domain_auc, measure_joint_drift
from trimtab.drift.statistics.error_model import ErrorModel
from trimtab.drift.statistics.figure import Figure, measure_figures, measure_metric
from trimtab.drift.statistics.monte_carlo import MonteCarloTest, run_monte_carlo_tests
from trimtab.drift.statistics.project_statistic import ProjectStatistic
from trimtab.drift.statistics.rounding import DIGITS, decimals_of, round_figure
from trimtab.drift.statistics.scored_rows import ScoredRows, as_columns
from trimtab.drift.statistics.significance import (
    benjamini_hochberg,
    design_effect,
    expected_psi,
    homogeneity_p_value,
    mean_design_effect,
    one_sided_p_value,
)

__all__ = [
    "DIGITS",
    "Attribution",
    "AttributionFigure",
    "ErrorModel",
    "Figure",
    "JointDrift",
    "MonteCarloTest",
    "Predict",
    "ProjectStatistic",
    "ScoredRows",
    "as_columns",
    "benjamini_hochberg",
    "bin_means",
    "decimals_of",
    "design_effect",
    "domain_auc",
    "expected_mean",
    "expected_psi",
    "homogeneity_p_value",
    "jensen_shannon_distance",
    "mean_design_effect",
    "measure_attributions",
    "measure_figures",
    "measure_joint_drift",
    "measure_metric",
    "normalized_wasserstein_distance",
    "one_sided_p_value",
    "round_figure",
    "run_monte_carlo_tests",
    "smoothed_psi",
]
