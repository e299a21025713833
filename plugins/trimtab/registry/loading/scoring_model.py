"""A model that scores tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trimtab.errors import RegistryError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class ScoringModel:
    """An estimator and the columns it reads.

    Attributes:
        estimator: The fitted scikit-learn estimator.
        features: Names of its input columns, in order.
        label: How messages name it, such as ``demand version 3``.
    """

    estimator: Any
    features: tuple[str, ...]
    label: str

    def score(self, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Return the probability of the positive class, ndarray of shape (n_rows,).

        Raises:
            RegistryError: ``rows`` lacks columns the model reads, or it is no classifier of two classes.
        """
        missing = [column for column in self.features if column not in rows.columns]
        if missing:
            raise RegistryError(
                f"The table lacks columns that {self.label} reads: {', '.join(missing)}",
                where=f"columns: {', '.join(map(str, rows.columns))}",
                fix="make the table with the stages that version was trained with",
            )
        if not hasattr(self.estimator, "predict_proba"):
            raise RegistryError(
                f"{self.label} gives no probabilities: it is a {type(self.estimator).__name__}",
                fix="choose a version of a classifier of two classes",
            )
        answer: np.ndarray[Any, Any] = self.estimator.predict_proba(rows[list(self.features)])
        if answer.ndim != 2 or answer.shape[1] != 2:
            raise RegistryError(
                f"{self.label} tells {answer.shape[-1] if answer.ndim == 2 else 'no'} classes apart, not two",
                fix="choose a version of a classifier of two classes",
            )
        return answer[:, 1]
