"""The names of the metrics of a binary classifier: the one list, without an import of numpy.

:mod:`trimtab.learning.binary_metrics` computes them. A params file is validated against these names when a DAG is parsed.
"""

from __future__ import annotations

from typing import Literal, get_args

# Metrics that need no threshold and are better in one direction only: two models can be compared by them.
ComparisonMetric = Literal["roc_auc", "average_precision", "log_loss", "brier"]
MetricName = Literal[
    ComparisonMetric, "calibration_error", "calibration_slope", "accuracy", "precision", "recall"
]

COMPARISON_METRICS: tuple[ComparisonMetric, ...] = get_args(ComparisonMetric)
METRIC_NAMES: tuple[MetricName, ...] = get_args(MetricName)
LOSSES = frozenset[MetricName]({"log_loss", "brier", "calibration_error"})  # lower is better
AT_THRESHOLD = frozenset[MetricName]({"accuracy", "precision", "recall"})
NEITHER_WAY = frozenset[MetricName]({"calibration_slope"})  # best at 1: neither higher nor lower is better
