"""Scored rows: the predictions of rows, and the labels of those that have one, both validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import DriftError
from trimtab.learning import Floats, ProblemType

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ScoredRows:
    """Rows with predictions.

    Attributes:
        problem: What is predicted, with its classes; those that only occur among the labels come last.
        predictions: The predictions of all rows.
        known: Whether a row has a label, of shape (n_rows,).
        labels: The labels of these rows, of shape (n_known,).
    """

    problem: ProblemType
    predictions: Floats
    known: NDArray[np.bool_]
    labels: NDArray[Any]

    @classmethod
    def read(
        cls, problem: ProblemType, predictions: ArrayLike, labels: ArrayLike | None, *, rows: int
    ) -> Self:
        """Validate predictions and labels.

        Args:
            problem: What is predicted.
            predictions: One of each row, or one of each row and class.
            labels: The values of the label column, of shape (n_rows,). Some may be missing; None for all.
            rows: Number of rows.

        Raises:
            DriftError: A shape does not fit, or predictions or labels are invalid.
        """
        found = _validate_predictions(problem, predictions, rows)
        column = _label_column(labels, rows)
        known = column.notna().to_numpy()
        if not known.any():
            return cls(problem, found, known, np.empty(0))
        present = column[known].infer_objects()
        extended = problem.with_classes_of((), [present])
        return cls(extended, _with_columns(found, extended), known, _read_labels(extended, present))

    @property
    def labelled(self) -> bool:
        """Whether any row has a label."""
        return bool(self.known.any())

    @property
    def predictions_of_known(self) -> Floats:
        """The predictions of the rows with a label."""
        return self.predictions[self.known]

    @property
    def by_column(self) -> Floats:
        """All predictions, of shape (n_rows, n_columns)."""
        return as_columns(self.predictions)

    def select(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the rows.

        Args:
            chosen: Whether a row is one of them, of shape (n_rows,).
        """
        known = self.known & chosen
        return type(self)(
            self.problem, self.predictions[chosen], self.known[chosen], self.labels[known[self.known]]
        )


def as_columns(predictions: Floats) -> Floats:
    """Return predictions of any problem type as an array of shape (n_rows, n_columns)."""
    return predictions.reshape(len(predictions), -1)


def _validate_predictions(problem: ProblemType, predictions: ArrayLike, rows: int) -> Floats:
    import pandas as pd

    columns = len(problem.columns)
    expected = (rows,) if columns == 1 else (rows, columns)
    if np.shape(predictions) != expected:
        raise DriftError(
            f"The shape of the predictions does not fit {rows} rows: {np.shape(predictions)}",
            where="predictions",
            fix=f"pass an array of shape {expected}, in the order of the rows"
            + (f" and of the columns {', '.join(problem.columns)}" if columns > 1 else ""),
        )
    try:
        given: ArrayLike = predictions
        if columns == 1:  # a column of pandas may have nulls
            given = pd.Series(predictions).to_numpy(dtype=np.float64, na_value=np.nan)
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise DriftError(
            f"The predictions are not numbers: {err}", where="predictions", fix="pass numbers"
        ) from err
    if invalid := problem.find_invalid(values):
        raise DriftError(
            f"The predictions are invalid: {invalid}",
            where="predictions",
            fix=f"pass what {problem.estimator} predicts",
        )
    return values


def _label_column(labels: ArrayLike | None, rows: int) -> pd.Series[Any]:
    import pandas as pd

    if labels is None:
        return pd.Series([None] * rows, dtype=object)
    if np.shape(labels) != (rows,):
        raise DriftError(
            f"The shape of the labels does not fit {rows} rows: {np.shape(labels)}",
            where="labels",
            fix="pass one label per row, in the order of the rows",
        )
    return pd.Series(labels).reset_index(drop=True)


def _read_labels(problem: ProblemType, column: pd.Series[Any]) -> NDArray[Any]:
    try:
        return problem.read_labels(column)
    except ValueError as err:
        raise DriftError(
            f"The labels are invalid: the label {err}",
            where="labels",
            fix="pass the values of the label column",
        ) from err


def _with_columns(predictions: Floats, problem: ProblemType) -> Floats:
    """Return predictions with a column for each class; a class that the model does not know has 0."""
    missing = len(problem.columns) - as_columns(predictions).shape[1]
    return np.pad(predictions, ((0, 0), (0, missing))) if missing else predictions
