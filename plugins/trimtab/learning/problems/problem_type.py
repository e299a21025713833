"""The problem type: what a model predicts, and how that is read, measured, resampled and drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from trimtab.errors import closest
from trimtab.extension import is_extension
from trimtab.learning.metrics.metric import Metric

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.problems.curves import CurvePlot
    from trimtab.learning.problems.expectation import Expectation
    from trimtab.learning.resampling.blocks import Units
    from trimtab.learning.resampling.bootstrap import Bootstrap, Floats, Sampled, Statistic
    from trimtab.learning.table_model import TableModel

MOST_SERIES = 10  # columns of predictions whose errors are followed in time


class ProblemType(ABC):
    """A kind of supervised problem on tables.

    Labels are an array of shape (n_rows,). Predictions are an array of shape (n_rows,), or of shape (n_rows,
    n_columns) if a model predicts several numbers for a row.

    Attributes:
        name: The name that a project declares.
        metrics: The built-in metrics, by name.
        comparison_metrics: The names of those in which two models are compared: none needs a threshold, and
            chance does not favour one side.
        default_metric: The name of the comparison metric that counts if a project names none.
        estimator: What a fitted estimator has to be, for messages.
        method: The name of the estimator's method that predicts, which a served model answers with too.
        gain_bounds: How the bounds of a gain are computed, for reports.
        key_part: What the problem type adds to the content key of a model; nothing for the one that a project
            has by default.
        default_max_loss: How much worse a challenger may be in a slice if a project does not say it: in the
            unit of the metric, or in percent of the champion's figure.
        undefined: Why a metric of some rows can be undefined, by its name: a clause.
        scarce: Why a metric can be undefined for a resample of rows for which it is defined: a clause.
        metrics_in_label_unit: The names of the metrics in the unit of the label.
        needs_class: Whether a row has a prediction for each class.
        classes: The names of the classes, once they are known; empty for a problem type without.
        leakage_metric: The name of the metric that says how well a single feature predicts the label.
        leakage_bound: The name of its bound in a check for leakage.
        default_calibration_gap: How far what is observed may be from what the predictions made one expect,
            if a project does not say it: in its own unit, or in percent of its standard deviation.
    """

    name: ClassVar[str]
    metrics: ClassVar[Mapping[str, Metric]]
    comparison_metrics: ClassVar[tuple[str, ...]]
    default_metric: ClassVar[str]
    estimator: ClassVar[str]
    method: ClassVar[str]
    gain_bounds: ClassVar[str] = "paired bootstrap"
    key_part: ClassVar[str]
    default_max_loss: ClassVar[float | str]

    undefined: ClassVar[Mapping[str, str]] = MappingProxyType({})
    scarce: ClassVar[str]
    metrics_in_label_unit: ClassVar[frozenset[str]] = frozenset()
    needs_class: ClassVar[bool] = False
    classes: tuple[str, ...] = ()
    leakage_metric: ClassVar[str]
    leakage_bound: ClassVar[str]

    default_calibration_gap: ClassVar[float | str]

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of predictions in a table of scores."""

    @abstractmethod
    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator does not solve such a problem; nothing if it does."""

    @abstractmethod
    def estimator_of(self, model: TableModel) -> Any:
        """Return a model that predicts tables as an estimator of such a problem.

        Raises:
            ValueError: The names of its columns of predictions are those of no such model; a clause.
        """

    def with_classes_of(self, estimators: Iterable[Any], labels: Iterable[pd.Series[Any]] = ()) -> Self:
        """Return the problem type with the classes that these estimators and labels have.

        One without classes has the levels of the quantiles that the estimators predict, or is the same.
        """
        return self

    @abstractmethod
    def read_labels(self, column: pd.Series[Any]) -> NDArray[Any]:
        """Return the labels of a column without nulls, of shape (n_rows,).

        Raises:
            ValueError: Labels are invalid. The message is a clause whose subject is the column.
        """

    def find_unmeasurable(self, labels: NDArray[Any]) -> str:
        """Return why nothing can be measured against these labels; nothing if it can."""
        return "" if len(labels) else "has no rows"

    def rows_by_class(self, labels: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
        """Return which rows have which class, by its name; nothing if models are not compared by class."""
        return {}

    @abstractmethod
    def predict(self, estimator: Any, rows: pd.DataFrame) -> Floats:
        """Return the predictions for rows of the estimator's columns, unchecked."""

    @abstractmethod
    def find_invalid(self, predictions: Floats) -> str:
        """Return a message if predictions are invalid, else nothing."""

    @property
    def table_columns(self) -> tuple[str, ...]:
        """The names of all columns of a table of scores; those that are not in ``columns`` hold texts."""
        return self.columns

    def to_table(self, predictions: Floats) -> dict[str, NDArray[Any]]:
        """Return predictions as the columns of a table of scores, by name."""
        return dict(zip(self.columns, predictions.reshape(len(predictions), -1).T, strict=True))

    @property
    def compared_columns(self) -> tuple[str, ...]:
        """The names of the columns of a table of scores in which two models are compared."""
        return self.table_columns[:1]

    @abstractmethod
    def compare_columns(
        self, first: NDArray[Any], second: NDArray[Any], threshold: float
    ) -> dict[str, float]:
        """Return figures on how ``compared_columns`` differ between two models.

        Args:
            first: The column of one model, of shape (n_rows,), or several, of shape (n_rows, n_columns).
            second: Those of the other model, of the same rows.
            threshold: Where probabilities of two classes are turned into classes.
        """

    def gain_interval(
        self, bootstrap: Bootstrap, gain: Sampled, statistic: Statistic, rows: int
    ) -> tuple[float, float]:
        """Return the interval of the gain of one model over another in a metric.

        Args:
            bootstrap: The bootstrap.
            gain: The gain.
            statistic: The gain as a function of row weights.
            rows: Number of rows.
        """
        return bootstrap.interval(gain)

    def format_figure(self, value: float, *, signed: bool = False) -> str:
        """Return a figure of a metric as a text for people."""
        return f"{value:+.4f}" if signed else f"{value:.4f}"

    @abstractmethod
    def curves(self, labels: NDArray[Any], predictions: Mapping[str, Floats]) -> list[CurvePlot]:
        """Return plots of models on the same rows.

        Args:
            labels: The labels.
            predictions: Each model's name and its predictions; one model or two.
        """

    @abstractmethod
    def strata(self, labels: NDArray[Any]) -> NDArray[Any] | None:
        """Return the stratum of each row, whose sizes each resample keeps; None for one stratum."""

    def row_errors(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return how wrong each prediction is; how long this persists in time gives the length of blocks.

        Returns:
            Of shape (n_rows, n_series): here the squared error; and observed minus predicted, of the first
            columns of predictions.
        """
        import numpy as np

        observed = self.calibrated_values(labels, predictions)
        apart = observed - predictions.reshape(len(predictions), -1)
        return np.column_stack([(apart**2).sum(axis=1), apart[:, :MOST_SERIES]])

    @abstractmethod
    def example(self, rows: int, seed: int) -> tuple[NDArray[Any], Floats] | None:
        """Return random labels and predictions, to try a project's metric on; None without classes."""

    def statistic(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None = None
    ) -> Statistic:
        """Return a metric as a function of row weights.

        Args:
            metric: The metric.
            labels: The labels.
            predictions: The predictions.
            threshold: For metrics that need one: rows with this probability or a higher one are positive.

        Raises:
            ConfigError: The metric is a project's own, and does not take the weights as counts of rows.
        """
        from trimtab.learning.problems.project_metric import project_statistic, require_weighted

        if metric.function is None:
            return self._built_in(metric, labels, predictions, threshold)
        require_weighted(metric, self)
        return project_statistic(metric, labels, predictions)

    def figure(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, row_weights: Floats | None = None
    ) -> float:
        """Return a metric of all rows, for a metric without a threshold.

        Args:
            metric: The metric.
            labels: The labels.
            predictions: The predictions.
            row_weights: How much each row counts, of shape (n_rows,); None if all count the same.
        """
        import numpy as np

        weights = np.ones(len(labels)) if row_weights is None else row_weights
        return float(self.statistic(metric, labels, predictions)(weights[None, :])[0])

    def require_metric_name(self, name: str) -> Metric:
        """Return a built-in metric.

        Raises:
            ValueError: There is no such metric for this problem type.
        """
        if name not in self.metrics:
            raise ValueError(
                f"there is no such metric for {self.name}{closest(name, self.metrics)}"
                f" (known: {', '.join(self.metrics)}, or `module:name`)"
            )
        return self.metrics[name]

    def require_comparison_metric_name(self, name: str | None) -> str:
        """Return the name of a comparison metric, or of an extension; the default one for None.

        Raises:
            ValueError: Two models of this problem type cannot be compared in that metric.
        """
        if name is None:
            return self.default_metric
        if name not in self.comparison_metrics and not is_extension(name):
            raise ValueError(
                f"models of type {self.name} are not compared in it"
                f"{closest(name, self.comparison_metrics)}"
                f" (known: {', '.join(self.comparison_metrics)}, or `module:name`)"
            )
        return name

    @property
    def takes_threshold(self) -> bool:
        """Whether a threshold turns a prediction into a decision."""
        return any(metric.needs_threshold for metric in self.metrics.values())

    def why_undefined(self, metric: Metric) -> str:
        """Return why a metric of some rows can be undefined, as a clause."""
        return self.undefined.get(metric.name, "it has no value for these rows")

    @abstractmethod
    def summarize_labels(self, labels: NDArray[Any]) -> str:
        """Return how measurable labels are distributed, as a clause whose subject is their column."""

    def unit_of(self, metric: Metric, label_unit: str) -> str:
        """Return the unit of a metric, given that of the label; empty if it has none."""
        return label_unit if metric.name in self.metrics_in_label_unit else metric.unit

    def find_mismatch(self, estimator: Any, column: pd.Series[Any]) -> str:
        """Return why a column without nulls cannot hold the labels of an estimator; nothing if it can.

        The message is a clause whose subject is the column.
        """
        return ""

    def of_class(self, predictions: Floats, value: Any) -> Floats:
        """Return one prediction of each row, of shape (n_rows,).

        Args:
            predictions: The predictions.
            value: The class whose probability is returned; None if a row has one prediction.

        Raises:
            ValueError: There is no such class.
        """
        return predictions

    @abstractmethod
    def predict_from_feature(self, column: pd.Series[Any], labels: NDArray[Any]) -> Floats:
        """Return predictions from one feature alone, each learnt from the other half of the rows.

        Args:
            column: The feature, of any type, nulls included.
            labels: The labels.

        Returns:
            Predictions in the shape of the problem type's.
        """

    # What a drift check knows of a problem type.

    @property
    def drift_metrics(self) -> dict[str, Metric]:
        """The built-in metrics in which a drop can be measured: those with a direction and no threshold."""
        return {
            name: metric
            for name, metric in self.metrics.items()
            if metric.greater_is_better is not None and not metric.needs_threshold
        }

    def require_drift_metric(self, name: str | None) -> Metric:
        """Return a metric in which a drop can be measured; the default one for None.

        Raises:
            ValueError: There is none of that name for this problem type.
        """
        known = self.drift_metrics
        if (name or self.default_metric) not in known:
            raise ValueError(
                f"a drop of it cannot be measured for {self.name}{closest(str(name), known)}"
                f" (known: {', '.join(known)})"
            )
        return known[name or self.default_metric]

    def with_classes(self, classes: Iterable[Any]) -> Self:
        """Return the problem type with these classes, in the order of the columns of predictions.

        Raises:
            ValueError: The problem type has no classes, or too few are given.
        """
        if tuple(classes):
            raise ValueError(f"a problem of type {self.name} has no list of classes")
        return self

    def with_levels(self, levels: Iterable[float]) -> Self:
        """Return the problem type with these levels of quantiles, in the order of the columns of predictions.

        Raises:
            ValueError: The problem type has no quantiles, or the levels are invalid.
        """
        if tuple(levels):
            raise ValueError(f"a problem of type {self.name} has no levels of quantiles")
        return self

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Return the problem type whose predictions are columns of these names.

        Raises:
            ValueError: It cannot have such columns.
        """
        if len(columns) != 1:
            raise ValueError(
                f"a problem of type {self.name} has one column of predictions, not {len(columns)}"
            )
        return self

    @property
    @abstractmethod
    def calibrated(self) -> tuple[str, ...]:
        """The names of what is calibrated, one for each column of predictions."""

    @abstractmethod
    def calibrated_values(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return what is calibrated: its mean among similar predictions is the same in any window.

        Returns:
            Of shape (n_rows, n_columns).
        """

    @abstractmethod
    def describe_labels(self, means: Sequence[float]) -> str:
        """Return a clause on labels that differ.

        Args:
            means: The mean of each of the calibrated values.
        """

    def format_calibrated(self, value: float, label_unit: str) -> str:
        """Return the mean of a calibrated value for a sentence; a share has no unit."""
        return f"{value:.1%}"

    def format_prediction(self, value: float) -> str:
        """Return a prediction for the axis of a chart."""
        return f"{100 * value:g} %"

    @abstractmethod
    def histogram_edges(self, predictions: Floats) -> Floats:
        """Return the edges of bins of equal width for one column of predictions."""

    def distances(self, first: Floats, second: Floats) -> Floats:
        """Return how far two predictions for each row are apart, of shape (n_rows,).

        Of numbers it is the absolute difference, of probabilities of classes the probability that moves from
        some classes to others (total variation distance).
        """
        apart: Floats = abs(first - second)
        moved: Floats = apart if apart.ndim == 1 else apart.sum(axis=1) / 2
        return moved

    def unit_of_predictions(self, label_unit: str) -> str:
        """Return the unit of a prediction, given that of the label; a probability has none."""
        return ""

    def standard_errors(
        self,
        metrics: Sequence[Metric],
        labels: NDArray[Any],
        predictions: Floats,
        units: Sequence[Units] = (),
    ) -> list[float]:
        """Return the standard error of each metric; NaN if it is undefined.

        Args:
            metrics: Metrics without a threshold.
            labels: The labels.
            predictions: The predictions.
            units: The units of rows that depend on each other; nothing if rows are independent.
        """
        from trimtab.learning.problems.standard_error import metric_errors

        return metric_errors(self, metrics, labels, predictions, units)

    def errors(self, labels: NDArray[Any], predictions: Floats) -> Mapping[str, Floats]:
        """Return errors by row whose mean is to be estimated from the features before the labels arrive.

        A problem type whose predictions say how certain they are has none.
        """
        return {}

    @abstractmethod
    def expected_figure(self, metric: Metric, expected: Expectation) -> float | None:
        """Return the figure that is expected without labels; None if it cannot be estimated."""

    @abstractmethod
    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic: ...


def correlation(first: Floats, second: Floats) -> dict[str, float]:
    """Return Pearson's ``correlation``; nothing if all values of one side are equal."""
    import numpy as np

    if not np.ptp(first) or not np.ptp(second):
        return {}
    return {"correlation": float(np.corrcoef(first, second)[0, 1])}


def by_name(metrics: Sequence[Metric]) -> dict[str, Metric]:
    """Return metrics by name."""
    return {metric.name: metric for metric in metrics}
