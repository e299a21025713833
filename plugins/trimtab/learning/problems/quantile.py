"""Quantile regression: a label that is a number, and several quantiles of it for each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.problem_type import by_name
from trimtab.learning.problems.regression import Regression

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.loaded_estimator import LoadedRegressor
    from trimtab.learning.problems.curves import CurvePlot
    from trimtab.learning.problems.expectation import Expectation
    from trimtab.learning.resampling.bootstrap import Floats, Statistic
    from trimtab.learning.table_model import TableModel

PREFIX = "quantile_"  # of the columns of predictions


@dataclass(frozen=True)
class Quantile(Regression):
    """Labels are finite numbers; predictions are quantiles, of shape (n_rows, n_levels), ascending in a row.

    Quantiles that were fitted one by one cross in some rows. The predictions of a row are sorted then, which
    brings them closer to the true quantiles (Chernozhukov, Fernández-Val & Galichon, Econometrica 2010).
    What regression has for its predictions, is that of the median here.

    Attributes:
        levels: The levels of the quantiles, ascending. They come from models, by :meth:`with_classes_of`, or
            from the names of columns.
    """

    name: ClassVar[str] = "quantile"
    metrics: ClassVar[Mapping[str, Metric]] = MappingProxyType(
        by_name(
            [
                Metric("mean_pinball_loss", greater_is_better=False, scale="label"),
                Metric("calibration_error", greater_is_better=False),
                Metric("interval_coverage", greater_is_better=None),
                Metric("mean_interval_width", greater_is_better=None, scale="label"),
                *Regression.metrics.values(),
            ]
        )
    )
    comparison_metrics: ClassVar[tuple[str, ...]] = ("mean_pinball_loss", *Regression.comparison_metrics)
    default_metric: ClassVar[str] = "mean_pinball_loss"
    estimator: ClassVar[str] = "a fitted regressor that predicts two or more quantiles and names their levels"
    key_part: ClassVar[str] = "quantile"
    metrics_in_label_unit: ClassVar[frozenset[str]] = Regression.metrics_in_label_unit | {
        "mean_pinball_loss",
        "mean_interval_width",
    }

    default_calibration_gap: ClassVar[float | str] = 0.05

    levels: tuple[float, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """A column for each level."""
        return tuple(f"{PREFIX}{level!r}" for level in self.levels)

    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator predicts no quantiles, or those of other levels."""
        if unfit := super().find_unfit(estimator):
            return unfit
        levels = quantile_levels(estimator)
        if not levels:
            return "it does not say which quantiles it predicts"
        if odd := _find_odd(levels):
            return f"the levels of its quantiles {odd}"
        if self.levels not in ((), levels):
            return f"it predicts the quantiles {_listed(levels)}, not {_listed(self.levels)}"
        return ""

    def estimator_of(self, model: TableModel) -> LoadedRegressor:
        """Return a regressor with the levels that the columns of predictions are named after."""
        from trimtab.learning.loaded_estimator import LoadedRegressor

        levels = self.with_columns(model.columns).levels
        outputs = model.outputs(len(levels), expected=f"{len(levels)}, its quantiles")
        return LoadedRegressor(model, outputs, model.names, levels)

    def with_classes_of(self, estimators: Iterable[Any], labels: Iterable[pd.Series[Any]] = ()) -> Self:
        """Return the problem type with the levels of the first model; one of other levels does not fit it."""
        if self.levels:
            return self
        return replace(self, levels=next(map(quantile_levels, estimators), ()))

    def with_levels(self, levels: Iterable[float]) -> Self:
        """Return the problem type with these levels."""
        given = tuple(map(float, levels))
        if odd := _find_odd(given):
            raise ValueError(f"the levels of the quantiles {odd}")
        return replace(self, levels=given)

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Return the problem type with the levels that columns of this type are named after."""
        return self.with_levels(map(_level_of_column, columns))

    def predict(self, estimator: Any, rows: pd.DataFrame) -> Floats:
        """Return the quantiles of each row, sorted.

        Raises:
            ValueError: The estimator predicts quantiles of other levels.
        """
        import numpy as np

        if unfit := self.find_unfit(estimator):
            raise ValueError(unfit)
        predictions: Floats = np.asarray(estimator.predict(rows), dtype=float)
        return np.sort(predictions, axis=1) if predictions.ndim == 2 else predictions

    def find_invalid(self, predictions: Floats) -> str:
        """Return a message if predictions are no finite numbers, too few or too many, or descend in a row."""
        import numpy as np

        if predictions.shape[1:] != (len(self.levels),):
            given = "one number" if predictions.ndim == 1 else f"{predictions.shape[1]} numbers"
            return f"the model predicts {given} for a row, not {len(self.levels)} quantiles"
        if bad := int((~np.isfinite(predictions)).any(axis=1).sum()):
            return f"the quantiles of {bad:,} of {len(predictions):,} rows are not finite"
        crossed = int((np.diff(predictions, axis=1) < 0).any(axis=1).sum())
        rows = f"{crossed:,} of {len(predictions):,} rows"
        return f"the quantiles of {rows} cross: sort them, by `np.sort(..., axis=1)`" if crossed else ""

    @property
    def compared_columns(self) -> tuple[str, ...]:
        """The columns of all quantiles."""
        return self.columns

    def compare_columns(
        self, first: NDArray[Any], second: NDArray[Any], threshold: float
    ) -> dict[str, float]:
        """Return the differences of the medians, and how much wider the outer interval is."""
        wider = (second[:, -1] - second[:, 0]) - (first[:, -1] - first[:, 0])
        return {
            **super().compare_columns(self._median(first), self._median(second), threshold),
            "mean_width_difference": float(wider.mean()),
        }

    def curves(self, labels: NDArray[Any], predictions: Mapping[str, Floats]) -> list[CurvePlot]:
        """Return the share of labels up to each quantile, and the coverage of narrow and wide intervals."""
        from trimtab.learning.problems.curves import quantile_curves

        return quantile_curves(labels, predictions, self.levels)

    def example(self, rows: int, seed: int) -> tuple[Floats, Floats] | None:
        """Return labels of both signs, and the quantiles that they are drawn from; None without levels."""
        from statistics import NormalDist

        import numpy as np

        if not self.levels:
            return None
        random, quantile = np.random.default_rng(seed), NormalDist().inv_cdf
        centre = random.normal(0, 10, rows)
        quantiles = centre[:, None] + 3 * np.array([quantile(level) for level in self.levels])
        return centre + random.normal(0, 3, rows), quantiles

    def row_errors(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return the pinball loss, and label minus median."""
        import numpy as np

        from trimtab.learning.metrics.quantile_metrics import pinball_losses

        losses = pinball_losses(labels, predictions, self.levels)
        return np.column_stack([losses, labels - self._median(predictions)])

    def distances(self, first: Floats, second: Floats) -> Floats:
        """Return the mean distance of the quantiles of a row."""
        apart: Floats = abs(first - second).mean(axis=1)
        return apart

    def of_class(self, predictions: Floats, value: Any) -> Floats:
        """Return the median."""
        return self._median(predictions)

    def predict_from_feature(self, column: pd.Series[Any], labels: NDArray[Any]) -> Floats:
        """Return the mean label of the rows with a similar value of the feature, as each of the quantiles."""
        import numpy as np

        mean = super().predict_from_feature(column, labels)
        return np.repeat(mean[:, None], len(self.levels), axis=1)

    @property
    def calibrated(self) -> tuple[str, ...]:
        """The share of labels up to each quantile."""
        return tuple(f"share of labels up to the quantile {level!r}" for level in self.levels)

    def calibrated_values(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return 1 for each quantile that the label is not above, else 0."""
        values: Floats = (labels[:, None] <= predictions).astype(float)
        return values

    def format_calibrated(self, value: float, label_unit: str) -> str:
        """Return a share for a sentence."""
        return f"{value:.1%}"

    def errors(self, labels: NDArray[Any], predictions: Floats) -> Mapping[str, Floats]:
        """Return the pinball loss, and the errors of the median."""
        from trimtab.learning.metrics.quantile_metrics import pinball_losses

        losses = pinball_losses(labels, predictions, self.levels)
        return {"pinball": losses, **super().errors(labels, self._median(predictions))}

    def expected_figure(self, metric: Metric, expected: Expectation) -> float | None:
        """Return the figure that follows from the expected errors, or from the expected shares of labels."""
        import numpy as np

        match metric.name:
            case "mean_pinball_loss":
                loss = expected.errors.get("pinball")
                return None if loss is None else max(loss, 0.0)
            case "calibration_error":
                shares = expected.calibrated.mean(axis=0)
                return float(np.abs(shares - self.levels).mean())
            case _:
                return super().expected_figure(metric, expected)

    def _median(self, predictions: Floats) -> Floats:
        from trimtab.learning.metrics.quantile_metrics import median_of

        return median_of(predictions, self.levels)

    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic:
        from trimtab.learning.metrics.quantile_metrics import quantile_statistic

        return quantile_statistic(metric, labels, predictions, self.levels)


def quantile_levels(estimator: Any) -> tuple[float, ...]:
    """Return the levels of the quantiles that an estimator predicts, in the order of its columns.

    They are its attribute ``quantiles``. Or it has an estimator for each column in ``estimators_``, as the
    ``MultiOutputRegressor`` of scikit-learn, and each of these has its level. Of a pipeline, the last step
    counts.

    Returns:
        The levels; empty if it does not say them.
    """
    last = _last_step(estimator)
    levels: Any = getattr(last, "quantiles", None)
    if levels is None:
        levels = [_level(_last_step(part)) for part in getattr(last, "estimators_", ())]
    return () if None in tuple(levels) else tuple(map(float, levels))


def _level(estimator: Any) -> float | None:
    """Return the level of a regressor of scikit-learn's that predicts one quantile; None of any other."""
    loss = getattr(estimator, "loss", None)
    if loss not in (None, "quantile"):
        return None
    level: float | None = getattr(estimator, "quantile", None)
    if level is None and loss == "quantile":  # of a GradientBoostingRegressor
        level = getattr(estimator, "alpha", None)
    return level


def _last_step(estimator: Any) -> Any:
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator


def _level_of_column(name: str) -> float:
    try:
        if not name.startswith(PREFIX):
            raise ValueError(name)
        return float(name.removeprefix(PREFIX))
    except ValueError as err:
        raise ValueError(f"the column '{name}' of a quantile is not named {PREFIX}<level>") from err


def _find_odd(levels: Sequence[float]) -> str:
    """Return why levels are invalid; nothing if they are valid. Their noun is the subject."""
    if len(levels) < 2:
        return f"are not two or more: {_listed(levels)}"
    bounds = zip((0.0, *levels), (*levels, 1.0), strict=True)
    valid = all(low < high for low, high in bounds)
    return "" if valid else f"do not ascend between 0 and 1: {_listed(levels)}"


def _listed(levels: Sequence[float]) -> str:
    return ", ".join(map(repr, levels)) or "none"
