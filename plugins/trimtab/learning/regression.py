"""Regression: a label and a prediction that are numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from trimtab.learning.metric import Metric
from trimtab.learning.problem_type import ProblemType, by_name, correlation

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.bootstrap import Bootstrap, Floats, Sampled, Statistic
    from trimtab.learning.curves import CurvePlot

DIGITS = 5  # significant ones, of a figure for people


@dataclass(frozen=True)
class Regression(ProblemType):
    """Labels and predictions are finite numbers in the unit of the label, both of shape (n_rows,)."""

    name: ClassVar[str] = "regression"
    metrics: ClassVar[Mapping[str, Metric]] = MappingProxyType(
        by_name(
            [
                Metric("mae", greater_is_better=False, scale="label"),
                Metric("rmse", greater_is_better=False, scale="label"),
                Metric("mape", greater_is_better=False, scale="relative"),
                Metric("wape", greater_is_better=False, scale="relative"),
                Metric("medae", greater_is_better=False, scale="label"),
                Metric("r2", greater_is_better=True, scale="share"),
                Metric("bias", greater_is_better=None, scale="label"),
            ]
        )
    )
    comparison_metrics: ClassVar[tuple[str, ...]] = ("mae", "rmse", "wape", "mape", "medae", "r2")
    default_metric: ClassVar[str] = "mae"
    estimator: ClassVar[str] = "a fitted regressor with predict"
    method: ClassVar[str] = "predict"
    gain_bounds: ClassVar[str] = "paired bootstrap, or the jackknife where its bounds are wider"
    key_part: ClassVar[str] = "regression"
    default_max_loss: ClassVar[float | str] = "2 %"

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column of predictions."""
        return ("prediction",)

    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator is no regressor."""
        if hasattr(estimator, "classes_"):
            return "it is a classifier"
        return "" if hasattr(estimator, "predict") else "it has no method predict"

    def read_labels(self, column: pd.Series[Any]) -> Floats:
        """Return the labels as floats."""
        import numpy as np
        import pandas as pd

        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            raise ValueError(f"has the type {column.dtype}, not numbers")
        labels: Floats = column.to_numpy(dtype=np.float64)
        if bad := int((~np.isfinite(labels)).sum()):
            raise ValueError(f"is not finite in {bad:,} of {len(column):,} rows")
        return labels

    def find_unmeasurable(self, labels: NDArray[Any]) -> str:
        """Return a message if all labels are equal."""
        if len(labels) and labels.min() == labels.max():
            return f"is {labels[0]:g} in all {len(labels):,} rows"
        return super().find_unmeasurable(labels)

    def predict(self, estimator: Any, rows: pd.DataFrame) -> Floats:
        """Return the predicted value of each row."""
        import numpy as np

        predictions: Floats = np.asarray(estimator.predict(rows), dtype=float)
        return predictions[:, 0] if predictions.ndim == 2 and predictions.shape[1] == 1 else predictions

    def find_invalid(self, predictions: Floats) -> str:
        """Return a message if predictions are no finite numbers."""
        import numpy as np

        if predictions.ndim != 1:
            return f"the model predicts {predictions.shape[1]} numbers for a row, not one"
        bad = int((~np.isfinite(predictions)).sum())
        return f"{bad:,} of {len(predictions):,} predictions are not finite" if bad else ""

    def compare_columns(
        self, first: NDArray[Any], second: NDArray[Any], threshold: float
    ) -> dict[str, float]:
        """Return the mean difference, the mean absolute difference and the correlation."""
        difference = second - first
        return {
            "mean_difference": float(difference.mean()),
            "mean_absolute_difference": float(abs(difference).mean()),
            **correlation(first, second),
        }

    def gain_interval(
        self, bootstrap: Bootstrap, gain: Sampled, statistic: Statistic, rows: int
    ) -> tuple[float, float]:
        """Return the wider of two intervals: errors have no bound, so few rows may decide on a gain."""
        return bootstrap.wide_interval(gain, statistic, rows)

    def format_figure(self, value: float, *, signed: bool = False) -> str:
        """Return a figure with five significant digits, whatever the unit of the label is."""
        if not value or not math.isfinite(value):
            return super().format_figure(value, signed=signed)
        decimals = max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
        return f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"

    def curves(self, labels: NDArray[Any], predictions: Mapping[str, Floats]) -> list[CurvePlot]:
        """Return the mean label over the mean prediction, and the share of rows by their error."""
        from trimtab.learning.curves import regression_curves

        return regression_curves(labels, predictions)

    def strata(self, labels: NDArray[Any]) -> None:
        """Return nothing: all rows are one stratum."""

    def example(self, rows: int, seed: int) -> tuple[Floats, Floats]:
        """Return labels of both signs, and predictions with errors."""
        import numpy as np

        random = np.random.default_rng(seed)
        labels = random.normal(0, 10, rows)
        return labels, labels + random.normal(0, 3, rows)

    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic:
        from trimtab.learning.regression_metrics import regression_statistic

        return regression_statistic(metric, labels, predictions)
