"""A predictor: a fitted estimator, the columns it reads, and what it predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trimtab.learning.problems.problem_type import ProblemType

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.learning.resampling.bootstrap import Floats


@dataclass(frozen=True)
class Predictor:
    """A model that predicts for tables.

    Attributes:
        problem: What it predicts, with its classes.
        estimator: The fitted estimator, with the methods of scikit-learn's.
        features: Names of the columns it reads, in order.
    """

    problem: ProblemType
    estimator: Any
    features: tuple[str, ...]

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Return the predictions for a table that has the columns, unchecked.

        Their shape is that of the problem type's predictions.
        """
        return self.problem.predict(self.estimator, rows[list(self.features)])
