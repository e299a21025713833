"""Classification into several classes: a label of one of them, and the probability of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from trimtab.errors import closest
from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.problem_type import ProblemType, by_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trimtab.learning.loaded_estimator import LoadedClassifier
    from trimtab.learning.problems.curves import CurvePlot
    from trimtab.learning.problems.expectation import Expectation
    from trimtab.learning.resampling.bootstrap import Floats, Statistic
    from trimtab.learning.table_model import TableModel

MOST_CLASSES = 1000
SHOWN = 10  # classes in a message
PREFIX = "probability_"  # of the columns of predictions
SUM_TOLERANCE = 1e-4  # the probabilities of a row sum to 1; those of float32 differ by as much as this


@dataclass(frozen=True)
class Multiclass(ProblemType):
    """Labels are numbers of classes; predictions are probabilities, of shape (n_rows, n_classes).

    Attributes:
        classes: The names of the classes, in the order of their numbers. They come from models and labels, by
            :meth:`with_classes_of`.
    """

    name: ClassVar[str] = "multiclass"
    metrics: ClassVar[Mapping[str, Metric]] = MappingProxyType(
        by_name(
            [
                Metric("log_loss", greater_is_better=False),
                Metric("roc_auc_ovr", greater_is_better=True),
                Metric("accuracy", greater_is_better=True),
                Metric("balanced_accuracy", greater_is_better=True),
                Metric("f1_macro", greater_is_better=True),
                Metric("f1_weighted", greater_is_better=True),
                Metric("f2_macro", greater_is_better=True),
                Metric("f0.5_macro", greater_is_better=True),
                Metric("matthews_corrcoef", greater_is_better=True),
                Metric("top_2_accuracy", greater_is_better=True),
                Metric("top_3_accuracy", greater_is_better=True),
            ]
        )
    )
    comparison_metrics: ClassVar[tuple[str, ...]] = (
        "log_loss",
        "roc_auc_ovr",
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        "f1_weighted",
    )
    default_metric: ClassVar[str] = "log_loss"
    estimator: ClassVar[str] = "a fitted classifier with predict_proba and classes_"
    method: ClassVar[str] = "predict_proba"
    key_part: ClassVar[str] = "multiclass"
    default_max_loss: ClassVar[float | str] = 0.02

    undefined: ClassVar[Mapping[str, str]] = MappingProxyType({"roc_auc_ovr": "the rows hold one class only"})
    scarce: ClassVar[str] = "there are too few rows of the rarer classes"
    needs_class: ClassVar[bool] = True
    leakage_metric: ClassVar[str] = "roc_auc_ovr"
    leakage_bound: ClassVar[str] = "max_auc"

    default_calibration_gap: ClassVar[float | str] = 0.05

    classes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """A column for each class."""
        return tuple(f"{PREFIX}{name}" for name in self.classes)

    def find_unfit(self, estimator: Any) -> str:
        """Return why an estimator is no classifier."""
        if not hasattr(estimator, "predict_proba"):
            return "it gives no probabilities"
        return "" if len(getattr(estimator, "classes_", ())) >= 2 else "it has no classes"

    def estimator_of(self, model: TableModel) -> LoadedClassifier:
        """Return a classifier of the classes that the columns of predictions are named after."""
        import numpy as np

        from trimtab.learning.loaded_estimator import LoadedClassifier

        number = len(model.columns)
        if number < 2:
            raise ValueError("the columns of predictions are not named after two or more classes")
        expected = f"{number}, the probabilities of its classes"
        outputs = model.outputs(number, expected=expected, probabilities=True)
        return LoadedClassifier(model, outputs, model.names, np.array(model.columns, dtype=object))

    def with_classes_of(self, estimators: Iterable[Any], labels: Iterable[pd.Series[Any]] = ()) -> Self:
        """Return the problem type with all classes: those of the first model first, in its order.

        A class that a model does not know has the probability 0 in its predictions.
        """
        found = list(self.classes)
        for estimator in estimators:
            found += map(class_name, getattr(estimator, "classes_", ()))
        for column in labels:
            found += sorted(map(class_name, column.dropna().unique()))
        return replace(self, classes=tuple(dict.fromkeys(found)))

    def read_labels(self, column: pd.Series[Any]) -> NDArray[np.intp]:
        """Return the number of each row's class."""
        import numpy as np

        if len(self.classes) > MOST_CLASSES:  # a table of predictions has a column for each
            raise ValueError(f"has {len(self.classes):,} classes, more than {MOST_CLASSES:,}")
        number = {name: place for place, name in enumerate(self.classes)}
        codes, values = column.factorize()  # a name for each value, not for each row
        places = [number.get(class_name(value), -1) for value in values]
        labels: NDArray[np.intp] = np.array([*places, -1], dtype=np.intp)[codes]  # the code of a null is -1
        if bad := int((labels < 0).sum()):
            raise ValueError(f"is none of the classes {', '.join(self.classes[:SHOWN])} in {bad:,} rows")
        return labels

    def find_unmeasurable(self, labels: NDArray[Any]) -> str:
        """Return a message if all labels are equal."""
        if len(labels) and labels.min() == labels.max():
            return f"is {self.classes[labels[0]]} in all {len(labels):,} rows"
        return super().find_unmeasurable(labels)

    def rows_by_class(self, labels: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
        """Return which rows have which class; of these, the accuracy is the recall of the class."""
        return {name: labels == place for place, name in enumerate(self.classes)}

    def predict(self, estimator: Any, rows: pd.DataFrame) -> Floats:
        """Return the probability of each class, in the order of ``classes``."""
        import numpy as np

        known = [self.classes.index(class_name(value)) for value in estimator.classes_]
        found = np.zeros((len(rows), len(self.classes)))
        found[:, known] = estimator.predict_proba(rows)
        return found

    def find_invalid(self, predictions: Floats) -> str:
        """Return a message if predictions are no probabilities, or do not sum to 1."""
        import numpy as np

        valid = ((predictions >= 0) & (predictions <= 1)).all(axis=1)
        valid &= np.abs(predictions.sum(axis=1) - 1) <= SUM_TOLERANCE
        bad = int((~valid).sum())
        return f"the scores of {bad:,} of {len(predictions):,} rows are no probabilities" if bad else ""

    @property
    def table_columns(self) -> tuple[str, ...]:
        """The most probable class, and the columns of the probabilities."""
        return ("prediction", *self.columns)

    def to_table(self, predictions: Floats) -> dict[str, NDArray[Any]]:
        """Return the name of the most probable class, and the probability of each class."""
        import numpy as np

        from trimtab.learning.metrics.multiclass_metrics import predicted_classes

        names = np.array(self.classes, dtype=object)[predicted_classes(predictions)]
        return {"prediction": names, **super().to_table(predictions)}

    def compare_columns(
        self, first: NDArray[Any], second: NDArray[Any], threshold: float
    ) -> dict[str, float]:
        """Return the share of rows that get another class."""
        return {"share_changed": float((first != second).mean())}

    def curves(self, labels: NDArray[Any], predictions: Mapping[str, Floats]) -> list[CurvePlot]:
        """Return the calibration of the predicted class, and the accuracy of the most certain rows."""
        from trimtab.learning.problems.curves import multiclass_curves

        return multiclass_curves(labels, predictions)

    def strata(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Return the labels: resamples have as many rows of each class."""
        return labels

    def example(self, rows: int, seed: int) -> tuple[NDArray[np.intp], Floats] | None:
        """Return probabilities, and labels that they are calibrated for; None without classes."""
        import numpy as np

        if not self.classes:
            return None
        random = np.random.default_rng(seed)
        probabilities = random.dirichlet([0.5] * len(self.classes), rows)
        labels = (random.random((rows, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
        return labels.clip(max=len(self.classes) - 1), probabilities

    def summarize_labels(self, labels: NDArray[Any]) -> str:
        """Return the number of classes, and the most frequent and the rarest one."""
        import numpy as np

        counts = np.bincount(labels, minlength=len(self.classes))
        present = np.flatnonzero(counts)
        ends = (present[counts[present].argmax()], present[counts[present].argmin()])
        most, least = (f"{self.classes[end]} ({100 * counts[end] / len(labels):.1f} %)" for end in ends)
        return f"has {len(present)} classes in {len(labels):,} rows: most often {most}, most rarely {least}"

    def find_mismatch(self, estimator: Any, column: pd.Series[Any]) -> str:
        """Return a message if no label is a class of the estimator, or labels are no classes."""
        found = {class_name(value) for value in column.unique()}
        if len(found) > MOST_CLASSES:
            return f"has {len(found):,} distinct values, and a problem has at most {MOST_CLASSES:,} classes"
        known = [class_name(value) for value in estimator.classes_]
        return "" if found & {*known} else f"has none of the classes of the model: {', '.join(known[:SHOWN])}"

    def of_class(self, predictions: Floats, value: Any) -> Floats:
        """Return the probability of one class."""
        name = class_name(value)
        if name not in self.classes:
            raise ValueError(f"there is no class '{name}'{closest(name, self.classes)}")
        return predictions[:, self.classes.index(name)]

    def predict_from_feature(self, column: pd.Series[Any], labels: NDArray[Any]) -> Floats:
        """Return the share of each class among the rows with the same value of the feature."""
        import numpy as np

        from trimtab.learning.problems.single_feature import mean_by_value

        return mean_by_value(column, np.eye(len(self.classes))[labels])

    def with_classes(self, classes: Iterable[Any]) -> Self:
        """Return the problem type with these classes."""
        names = tuple(map(class_name, classes))
        if len(names) < 2 or len({*names}) < len(names):
            raise ValueError(f"the classes are not two or more different ones: {', '.join(names) or 'none'}")
        return replace(self, classes=names)

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Return the problem type with the classes that columns of this type are named after."""
        if odd := [name for name in columns if not name.startswith(PREFIX)]:
            raise ValueError(f"the column '{odd[0]}' of a probability is not named {PREFIX}<class>")
        return self.with_classes(name.removeprefix(PREFIX) for name in columns)

    @property
    def calibrated(self) -> tuple[str, ...]:
        """The share of each class."""
        return tuple(f"share of {name}" for name in self.classes)

    def calibrated_values(self, labels: NDArray[Any], predictions: Floats) -> Floats:
        """Return 1 in the column of each row's class, else 0."""
        import numpy as np

        one_hot: Floats = np.eye(len(self.classes))[labels]
        return one_hot

    def describe_labels(self, means: Sequence[float]) -> str:
        """Return the number of classes, and the most frequent one."""
        most = max(means)
        return (
            f"{sum(mean > 0 for mean in means)} classes occur;"
            f" {most:.1%} of the labels are {self.classes[list(means).index(most)]}"
        )

    def histogram_edges(self, predictions: Floats) -> Floats:
        """Return the edges of forty bins of probability."""
        import numpy as np

        return np.arange(1, 40) / 40

    def expected_figure(self, metric: Metric, expected: Expectation) -> float | None:
        """Return the figure that is expected if each class is as well calibrated as in the reference."""
        import numpy as np

        from trimtab.learning.problems.expectation import drawn_figure

        shares = expected.calibrated
        total = shares.sum(axis=1, keepdims=True)
        even = np.full_like(shares, 1 / shares.shape[1])
        probabilities = np.divide(shares, total, out=even, where=total > 0)
        return drawn_figure(self, metric, expected.predictions, probabilities)

    def _built_in(
        self, metric: Metric, labels: NDArray[Any], predictions: Floats, threshold: float | None
    ) -> Statistic:
        from trimtab.learning.metrics.multiclass_metrics import multiclass_statistic

        return multiclass_statistic(metric, labels, predictions)


def class_name(value: Any) -> str:
    """Return the name of a class, the same for 1 and 1.0: a column with nulls has floats for integers."""
    is_integer = hasattr(value, "is_integer") and not isinstance(value, bool) and value.is_integer()
    return str(int(value) if is_integer else value)
