"""Regression: a label and a prediction that are numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.metrics.metric_text import format_number
from trimtab.learning.problems.problem_type import ProblemType, by_name, correlation

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.loaded_estimator import LoadedRegressor
    from trimtab.learning.problems.curves import CurvePlot
    from trimtab.learning.problems.expectation import Expectation
    from trimtab.learning.resampling.bootstrap import Bootstrap, Floats, Sampled, Statistic
    from trimtab.learning.table_model import TableModel

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

    undefined: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"r2": "the labels of the rows are equal", "wape": "the labels of the rows are 0"}
    )
    scarce: ClassVar[str] = "there are too few rows with different labels"
    metrics_in_label_unit: ClassVar[frozenset[str]] = frozenset({"mae", "rmse", "medae", "bias"})
    leakage_metric: ClassVar[str] = "r2"
    leakage_bound: ClassVar[str] = "max_r2"

    default_calibration_gap: ClassVar[float | str] = "20 %"

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column of predictions."""
        return ("prediction",)

    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator is no regressor."""
        if hasattr(estimator, "classes_"):
            return "it is a classifier"
        return "" if hasattr(estimator, "predict") else "it has no method predict"

    def estimator_of(self, model: TableModel) -> LoadedRegressor:
        """Return a regressor."""
        from trimtab.learning.loaded_estimator import LoadedRegressor

        return LoadedRegressor(model, model.outputs(1, expected="one, a number"), model.names)

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
        from trimtab.learning.problems.curves import regression_curves

        return regression_curves(labels, predictions)

    def strata(self, labels: NDArray[Any]) -> None:
        """Return nothing: all rows are one stratum."""

    def row_errors(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return the absolute error, and label minus prediction."""
        import numpy as np

        residuals = labels - predictions
        return np.column_stack([np.abs(residuals), residuals])

    def example(self, rows: int, seed: int) -> tuple[Floats, Floats] | None:
        """Return labels of both signs, and predictions with errors."""
        import numpy as np

        random = np.random.default_rng(seed)
        labels = random.normal(0, 10, rows)
        return labels, labels + random.normal(0, 3, rows)

    def summarize_labels(self, labels: NDArray[Any]) -> str:
        """Return the median, and the range of the middle 80 %."""
        import numpy as np

        low, middle, high = np.quantile(labels, [0.1, 0.5, 0.9])
        return f"is {middle:.4g} in the median of {len(labels):,} rows, and {low:.4g} to {high:.4g} in 80 %"

    def predict_from_feature(self, column: pd.Series[Any], labels: NDArray[Any]) -> Floats:
        """Return the mean label of the rows with a similar value of the feature."""
        from trimtab.learning.problems.single_feature import mean_of_similar_values

        return mean_of_similar_values(column, labels)

    @property
    def calibrated(self) -> tuple[str, ...]:
        """The mean residual."""
        return ("mean of label minus prediction",)

    def calibrated_values(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return the residuals: label minus prediction."""
        return (labels - predictions)[:, None]

    def describe_labels(self, means: Sequence[float]) -> str:
        """Return nothing of the labels but that they differ."""
        return "the labels differ"

    def format_calibrated(self, value: float, label_unit: str) -> str:
        """Return a mean residual for a sentence."""
        return f"{format_number(value)} {label_unit}".rstrip()

    def format_prediction(self, value: float) -> str:
        """Return a prediction for the axis of a chart."""
        return format_number(value)

    def unit_of_predictions(self, label_unit: str) -> str:
        """Return the unit of the label."""
        return label_unit

    def histogram_edges(self, predictions: Floats) -> Floats:
        """Return the edges of forty bins over all but the outermost half per cent of each side."""
        import numpy as np

        low, high = np.quantile(predictions, [0.005, 0.995])
        return np.unique(np.linspace(low, high, 39))

    def errors(self, labels: NDArray[Any], predictions: Floats) -> Mapping[str, Floats]:
        """Return the absolute and the squared errors, and the size of the labels, which WAPE relates to."""
        import numpy as np

        residuals = labels - predictions
        return {"absolute": np.abs(residuals), "squared": residuals**2, "size": np.abs(labels)}

    def expected_figure(self, metric: Metric, expected: Expectation) -> float | None:
        """Return the figure that follows from the expected errors; None for a metric that does not."""
        if not expected.errors:
            return None
        absolute, squared, size = (expected.errors[name] for name in ("absolute", "squared", "size"))
        match metric.name:
            case "mae":
                return max(absolute, 0.0)
            case "rmse":
                return float(max(squared, 0.0) ** 0.5)
            case "wape" if size > 0:
                return max(absolute, 0.0) / size
            case _:
                return None

    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic:
        from trimtab.learning.metrics.regression_metrics import regression_statistic

        return regression_statistic(metric, labels, predictions)
