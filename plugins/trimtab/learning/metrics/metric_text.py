"""Metrics in texts for people: their title, and their figures with a unit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from trimtab.learning.metrics.metric import Metric

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "roc_auc": "ROC AUC",
        "roc_auc_ovr": "ROC AUC (one vs. rest)",
        "brier": "Brier score",
        "f1_macro": "F1 (macro)",
        "f1_weighted": "F1 (weighted)",
        "f2": "F2",
        "f0.5": "F0.5",
        "f2_macro": "F2 (macro)",
        "f0.5_macro": "F0.5 (macro)",
        "matthews_corrcoef": "Matthews correlation",
        "top_2_accuracy": "top-2 accuracy",
        "top_3_accuracy": "top-3 accuracy",
        "mae": "MAE",
        "rmse": "RMSE",
        "mape": "MAPE",
        "wape": "WAPE",
        "medae": "median absolute error",
        "r2": "R²",
        "mean_pinball_loss": "pinball loss",
    }
)


def metric_title(name: str) -> str:
    """Return the title of a metric."""
    return TITLES.get(name, name.replace("_", " "))


def format_figure(metric: Metric, value: float, unit: str = "") -> str:
    """Return a figure of a metric in a sentence: of a metric that ends at 1, three digits after the point.

    Args:
        metric: The metric.
        value: The figure.
        unit: The unit of the metric.
    """
    text = f"{value:.3f}" if metric.greater_is_better else format_number(value)
    return f"{text} {unit}".rstrip()


def format_cell(value: float, decimals: int) -> str:
    """Return a figure in a table: with fixed decimals, unless it is so large that they say nothing."""
    return f"{value:.{decimals}f}" if abs(value) < 100 else format_number(value)


def format_number(value: float) -> str:
    """Return a number of any size with four significant digits, or with all digits before the point."""
    return f"{value:,.0f}" if 10_000 <= abs(value) < 1e12 else f"{value:.4g}"
