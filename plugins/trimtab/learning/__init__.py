"""What the library knows about models: metrics and their resampling, and the format of a model file.

A DAG parse and a params file need the names of metrics only. What imports numpy is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names
from trimtab.learning.metric import (
    COMPARISON_METRICS,
    METRICS,
    Metric,
    load_metric,
    metric,
    require_comparison_metric_name,
    require_metric_name,
)

if TYPE_CHECKING:
    from trimtab.learning.binary_metrics import CALIBRATION_BINS, Labels, auc_of_counts, figure, statistic
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
    from trimtab.learning.skops_file import load_estimator

__all__ = [
    "CALIBRATION_BINS",
    "COMPARISON_METRICS",
    "DIGITS",
    "METRICS",
    "Bootstrap",
    "Estimate",
    "Floats",
    "Labels",
    "Metric",
    "Sampled",
    "Statistic",
    "auc_of_counts",
    "figure",
    "load_estimator",
    "load_metric",
    "metric",
    "require_comparison_metric_name",
    "require_metric_name",
    "share",
    "statistic",
    "within",
]

__getattr__ = lazy_names(
    __name__,
    {
        "binary_metrics": ("CALIBRATION_BINS", "Labels", "auc_of_counts", "figure", "statistic"),
        "bootstrap": ("DIGITS", "Bootstrap", "Estimate", "Floats", "Sampled", "Statistic", "share", "within"),
        "skops_file": ("load_estimator",),
    },
)
