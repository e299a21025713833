"""What the library knows about models: problem types, their metrics and resampling, and model files.

A DAG parse and a params file need the names of metrics only. What imports numpy is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names
from trimtab.learning.metrics.metric import Metric, metric
from trimtab.learning.metrics.metric_text import format_cell, format_figure, format_number, metric_title
from trimtab.learning.predictor import Predictor
from trimtab.learning.problems.problem_type import ProblemType
from trimtab.learning.problems.problem_types import (
    BINARY,
    COMPARISON_METRICS,
    DRIFT_METRICS,
    PROBLEM_TYPES,
    load_metric,
    require_comparison_metric_name,
    require_drift_metric_name,
    require_metric_name,
    require_problem_type,
)
from trimtab.learning.resampling.dependence import INDEPENDENT, MIN_UNITS, Dependence

if TYPE_CHECKING:
    from trimtab.learning.formats.model_file import load_estimator, model_bytes, model_format
    from trimtab.learning.metrics.binary_metrics import CALIBRATION_BINS, Labels, auc_of_counts
    from trimtab.learning.metrics.multiclass_metrics import predicted_classes
    from trimtab.learning.problems.curves import CurvePlot, Line
    from trimtab.learning.problems.expectation import Expectation, expected_auc
    from trimtab.learning.problems.standard_error import auc_standard_error, mean_errors
    from trimtab.learning.resampling.blocks import Blocks, Units, describe_blocks, select_units, to_blocks
    from trimtab.learning.resampling.bootstrap import (
        DIGITS,
        Bootstrap,
        Estimate,
        Floats,
        Sampled,
        Statistic,
        share,
        within,
    )
    from trimtab.learning.resampling.row_weights import read_row_weights
    from trimtab.learning.scoring_cost import ScoringCost, measure_scoring
    from trimtab.learning.scoring_time import scoring_seconds

__all__ = [
    "BINARY",
    "CALIBRATION_BINS",
    "COMPARISON_METRICS",
    "DIGITS",
    "DRIFT_METRICS",
    "INDEPENDENT",
    "MIN_UNITS",
    "PROBLEM_TYPES",
    "Blocks",
    "Bootstrap",
    "CurvePlot",
    "Dependence",
    "Estimate",
    "Expectation",
    "Floats",
    "Labels",
    "Line",
    "Metric",
    "Predictor",
    "ProblemType",
    "Sampled",
    "ScoringCost",
    "Statistic",
    "Units",
    "auc_of_counts",
    "auc_standard_error",
    "describe_blocks",
    "expected_auc",
    "format_cell",
    "format_figure",
    "format_number",
    "load_estimator",
    "load_metric",
    "mean_errors",
    "measure_scoring",
    "metric",
    "metric_title",
    "model_bytes",
    "model_format",
    "predicted_classes",
    "read_row_weights",
    "require_comparison_metric_name",
    "require_drift_metric_name",
    "require_metric_name",
    "require_problem_type",
    "scoring_seconds",
    "select_units",
    "share",
    "to_blocks",
    "within",
]

__getattr__ = lazy_names(
    __name__,
    {
        "metrics.binary_metrics": ("CALIBRATION_BINS", "Labels", "auc_of_counts"),
        "resampling.blocks": ("Blocks", "Units", "describe_blocks", "select_units", "to_blocks"),
        "resampling.bootstrap": (
            "DIGITS",
            "Bootstrap",
            "Estimate",
            "Floats",
            "Sampled",
            "Statistic",
            "share",
            "within",
        ),
        "formats.model_file": ("load_estimator", "model_bytes", "model_format"),
        "problems.curves": ("CurvePlot", "Line"),
        "metrics.multiclass_metrics": ("predicted_classes",),
        "problems.expectation": ("Expectation", "expected_auc"),
        "resampling.row_weights": ("read_row_weights",),
        "scoring_cost": ("ScoringCost", "measure_scoring"),
        "scoring_time": ("scoring_seconds",),
        "problems.standard_error": ("auc_standard_error", "mean_errors"),
    },
)
