"""What the library knows about models: problem types, their metrics and resampling, and model files.

A DAG parse and a params file need the names of metrics only. What imports numpy is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names
from trimtab.learning.dependence import INDEPENDENT, MIN_UNITS, Dependence
from trimtab.learning.metric import Metric, metric
from trimtab.learning.metric_text import format_cell, format_figure, format_number, metric_title
from trimtab.learning.predictor import Predictor
from trimtab.learning.problem_type import ProblemType
from trimtab.learning.problem_types import (
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

if TYPE_CHECKING:
    from trimtab.learning.binary_metrics import CALIBRATION_BINS, Labels, auc_of_counts
    from trimtab.learning.blocks import Blocks, Units, describe_blocks, select_units, to_blocks
    from trimtab.learning.bootstrap import (
        DIGITS,
        Bootstrap,
        Estimate,
        Floats,
        Sampled,
        Statistic,
        share,
        within,
    )
    from trimtab.learning.curves import CurvePlot, Line
    from trimtab.learning.expectation import Expectation, expected_auc
    from trimtab.learning.formats.model_file import load_estimator, model_bytes, model_format
    from trimtab.learning.multiclass_metrics import predicted_classes
    from trimtab.learning.row_weights import read_row_weights
    from trimtab.learning.scoring_cost import ScoringCost, measure_scoring
    from trimtab.learning.scoring_time import scoring_seconds
    from trimtab.learning.standard_error import auc_standard_error, mean_errors

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
        "binary_metrics": ("CALIBRATION_BINS", "Labels", "auc_of_counts"),
        "blocks": ("Blocks", "Units", "describe_blocks", "select_units", "to_blocks"),
        "bootstrap": ("DIGITS", "Bootstrap", "Estimate", "Floats", "Sampled", "Statistic", "share", "within"),
        "formats.model_file": ("load_estimator", "model_bytes", "model_format"),
        "curves": ("CurvePlot", "Line"),
        "multiclass_metrics": ("predicted_classes",),
        "expectation": ("Expectation", "expected_auc"),
        "row_weights": ("read_row_weights",),
        "scoring_cost": ("ScoringCost", "measure_scoring"),
        "scoring_time": ("scoring_seconds",),
        "standard_error": ("auc_standard_error", "mean_errors"),
    },
)
