"""A loaded model that scores tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from trimtab.errors import RegistryError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

Estimator: TypeAlias = Any  # an estimator of scikit-learn's, which has no types


@dataclass(frozen=True)
class ScoringModel:
    """An estimator and the columns it reads.

    Attributes:
        estimator: The fitted scikit-learn estimator.
        features: Names of its input columns, in order.
        label: Its name in messages, such as ``demand version 3``.
    """

    estimator: Estimator
    features: tuple[str, ...]
    label: str

    def score(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return the probability of the positive class, ndarray of shape (n_rows,).

        Raises:
            RegistryError: ``rows`` lacks a column that the model reads, or the model is no binary classifier.
        """
        missing = [column for column in self.features if column not in rows.columns]
        if missing:
            raise RegistryError(
                f"The table lacks columns that {self.label} reads: {', '.join(missing)}",
                where=f"columns: {', '.join(map(str, rows.columns))}",
                fix="make the table with the stages that the version was trained with",
            )
        if not hasattr(self.estimator, "predict_proba"):
            raise RegistryError(
                f"{self.label} gives no probabilities: it is a {type(self.estimator).__name__}",
                fix="choose a version of a binary classifier",
            )
        answer: npt.NDArray[np.float64] = self.estimator.predict_proba(rows[list(self.features)])
        if answer.ndim != 2 or answer.shape[1] != 2:
            raise RegistryError(
                f"{self.label} has {answer.shape[-1] if answer.ndim == 2 else 'no'} classes, not two",
                fix="choose a version of a binary classifier",
            )
        scores: npt.NDArray[np.float64] = answer[:, 1]
        return scores


def are_probabilities(scores: npt.NDArray[np.float64]) -> bool:
    """Whether there is at least one score, and each is between 0 and 1."""
    import numpy as np

    return bool(len(scores)) and bool(np.all((scores >= 0) & (scores <= 1)))
