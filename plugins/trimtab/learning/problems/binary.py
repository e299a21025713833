"""Binary classification: a label of 0 or 1, and the probability of 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.problem_type import ProblemType, by_name, correlation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.loaded_estimator import LoadedClassifier
    from trimtab.learning.problems.curves import CurvePlot
    from trimtab.learning.problems.expectation import Expectation
    from trimtab.learning.resampling.blocks import Units
    from trimtab.learning.resampling.bootstrap import Floats, Statistic
    from trimtab.learning.table_model import TableModel


@dataclass(frozen=True)
class Binary(ProblemType):
    """Labels are booleans; predictions are probabilities of the positive class, of shape (n_rows,)."""

    name: ClassVar[str] = "binary"
    metrics: ClassVar[Mapping[str, Metric]] = MappingProxyType(
        by_name(
            [
                Metric("roc_auc", greater_is_better=True),
                Metric("average_precision", greater_is_better=True),
                Metric("log_loss", greater_is_better=False),
                Metric("brier", greater_is_better=False),
                Metric("calibration_error", greater_is_better=False),
                Metric("calibration_slope", greater_is_better=None),
                Metric("accuracy", greater_is_better=True, needs_threshold=True),
                Metric("precision", greater_is_better=True, needs_threshold=True),
                Metric("recall", greater_is_better=True, needs_threshold=True),
                Metric("f1", greater_is_better=True, needs_threshold=True),
                Metric("f2", greater_is_better=True, needs_threshold=True),
                Metric("f0.5", greater_is_better=True, needs_threshold=True),
                Metric("matthews_corrcoef", greater_is_better=True, needs_threshold=True),
            ]
        )
    )
    comparison_metrics: ClassVar[tuple[str, ...]] = ("roc_auc", "average_precision", "log_loss", "brier")
    default_metric: ClassVar[str] = "roc_auc"
    estimator: ClassVar[str] = "a fitted binary classifier with predict_proba"
    method: ClassVar[str] = "predict_proba"
    key_part: ClassVar[str] = ""
    default_max_loss: ClassVar[float | str] = 0.02

    undefined: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "roc_auc": "the rows hold one class only",
            "average_precision": "no row is positive",
            "calibration_slope": "the rows hold one class only, or equal scores",
            "precision": "no row is predicted positive",
            "recall": "no row is positive",
            **dict.fromkeys(("f1", "f2", "f0.5"), "no row is positive, or predicted positive"),
        }
    )
    scarce: ClassVar[str] = "there are too few rows of the rarer class"
    leakage_metric: ClassVar[str] = "roc_auc"
    leakage_bound: ClassVar[str] = "max_auc"

    default_calibration_gap: ClassVar[float | str] = 0.05

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column of predictions."""
        return ("score",)

    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator is no classifier of two classes."""
        if not hasattr(estimator, "predict_proba"):
            return "it gives no probabilities"
        number = len(getattr(estimator, "classes_", ()))
        return "" if number == 2 else f"it has {number or 'no'} classes, not two"

    def estimator_of(self, model: TableModel) -> LoadedClassifier:
        """Return a classifier of the classes 0 and 1."""
        import numpy as np

        from trimtab.learning.loaded_estimator import LoadedClassifier

        expected = "one, the probability of the class 1, or two, those of the classes 0 and 1"
        outputs = model.outputs(1, 2, expected=expected, probabilities=True)
        return LoadedClassifier(model, outputs, model.names, np.arange(2))

    def read_labels(self, column: pd.Series[Any]) -> NDArray[np.bool_]:
        """Return whether each row is positive."""
        bad = int((~column.isin([0, 1])).sum())
        if bad:
            raise ValueError(f"is neither 0 nor 1 in {bad:,} of {len(column):,} rows")
        labels: NDArray[np.bool_] = column.to_numpy(dtype=float) == 1
        return labels

    def find_unmeasurable(self, labels: NDArray[Any]) -> str:
        """Return a message if all labels are equal."""
        if len(labels) and labels.min() == labels.max():
            return f"is {int(labels[0])} in all {len(labels):,} rows"
        return super().find_unmeasurable(labels)

    def predict(self, estimator: Any, rows: pd.DataFrame) -> Floats:
        """Return the probability of the positive class."""
        import numpy as np

        return np.asarray(estimator.predict_proba(rows), dtype=float)[:, 1]

    def find_invalid(self, predictions: Floats) -> str:
        """Return a message if predictions are no probabilities."""
        if predictions.ndim != 1:
            return f"the model gives {predictions.shape[1]} probabilities for a row, not one"
        bad = int((~((predictions >= 0) & (predictions <= 1))).sum())
        return f"{bad:,} of {len(predictions):,} scores are no probabilities" if bad else ""

    def compare_columns(
        self, first: NDArray[Any], second: NDArray[Any], threshold: float
    ) -> dict[str, float]:
        """Return the share of rows on another side of the threshold, mean difference and correlation."""
        return {
            "share_changed": float(((first >= threshold) != (second >= threshold)).mean()),
            "mean_difference": float((second - first).mean()),
            **correlation(first, second),
        }

    def curves(self, labels: NDArray[Any], predictions: Mapping[str, Floats]) -> list[CurvePlot]:
        """Return ROC, precision and recall, and calibration."""
        from trimtab.learning.problems.curves import binary_curves

        return binary_curves(labels, predictions)

    def strata(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Return the labels: resamples have as many positive rows."""
        return labels

    def example(self, rows: int, seed: int) -> tuple[NDArray[np.bool_], Floats]:
        """Return scores, also close to 0 and 1, and labels that they are calibrated for."""
        import numpy as np

        random = np.random.default_rng(seed)
        scores = random.beta(0.3, 0.3, rows)
        return random.random(rows) < scores, scores

    def summarize_labels(self, labels: NDArray[Any]) -> str:
        """Return the share of positives."""
        return f"is 1 in {100 * float(labels.mean()):.1f} % of {len(labels):,} rows"

    def predict_from_feature(self, column: pd.Series[Any], labels: NDArray[Any]) -> Floats:
        """Return the share of positives among the rows with the same value of the feature."""
        from trimtab.learning.problems.single_feature import mean_by_value

        return mean_by_value(column, labels)

    @property
    def calibrated(self) -> tuple[str, ...]:
        """The share of positive labels."""
        return ("share of positive labels",)

    def calibrated_values(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return the labels as 0 and 1."""
        return labels.astype(float)[:, None]

    def describe_labels(self, means: Sequence[float]) -> str:
        """Return the share of positive labels."""
        return f"both classes occur; {means[0]:.1%} of the labels are positive"

    def histogram_edges(self, predictions: Floats) -> Floats:
        """Return the edges of forty bins of probability."""
        import numpy as np

        return np.arange(1, 40) / 40

    def standard_errors(
        self,
        metrics: Sequence[Metric],
        labels: NDArray[Any],
        predictions: Floats,
        units: Sequence[Units] = (),
    ) -> list[float]:
        """Return the standard error of each metric, of the ROC AUC of independent rows by its formula."""
        from trimtab.learning.problems.standard_error import auc_standard_error, metric_errors

        if units:
            return metric_errors(self, metrics, labels, predictions, units)
        positives = float(labels.sum())
        others = [metric for metric in metrics if metric.name != "roc_auc"]
        found = iter(metric_errors(self, others, labels, predictions) if others else ())
        return [
            next(found)
            if metric in others
            else auc_standard_error(
                self.figure(metric, labels, predictions), positives, len(labels) - positives
            )
            for metric in metrics
        ]

    def expected_figure(self, metric: Metric, expected: Expectation) -> float | None:
        """Return the figure that is expected if the scores are as well calibrated as in the reference."""
        import numpy as np

        from trimtab.learning.problems.expectation import drawn_figure, expected_auc

        (rates,) = expected.means
        if metric.name == "roc_auc":  # it depends on counts alone
            return expected_auc(np.bincount(expected.bins[:, 0], minlength=len(rates)), rates)
        positive = expected.calibrated
        shares = np.hstack([1 - positive, positive])
        return drawn_figure(self, metric, expected.predictions, shares, dtype=bool)

    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic:
        from trimtab.learning.metrics.binary_metrics import binary_statistic

        return binary_statistic(metric, labels, predictions, threshold)
