"""A loaded model that predicts for tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from trimtab.errors import ModelError, RegistryError
from trimtab.learning import BINARY, Floats, Predictor, ProblemType

if TYPE_CHECKING:
    import pandas as pd

Estimator: TypeAlias = Any  # an estimator of scikit-learn's, which has no types


@dataclass(frozen=True)
class ScoringModel:
    """An estimator, the columns it reads, and how its predictions are read.

    Attributes:
        estimator: The fitted scikit-learn estimator.
        features: Names of its input columns, in order.
        label: Its name in messages, such as ``demand version 3``.
        problem: The problem type, with the classes of the estimator.
    """

    estimator: Estimator
    features: tuple[str, ...]
    label: str
    problem: ProblemType = BINARY

    @classmethod
    def load(
        cls, estimator: Estimator, features: tuple[str, ...], label: str, problem: ProblemType
    ) -> ScoringModel:
        """Return the model of an estimator that solves problems of the type.

        Raises:
            RegistryError: The estimator does not.
        """
        if unfit := problem.find_unfit(estimator):
            raise RegistryError(
                f"{label} does not fit the problem type {problem.name}: {unfit}",
                where=f"{type(estimator).__name__}; dvc.yaml: meta.problem_type of the model's artifact",
                fix=f"give {problem.estimator}, or declare another `problem_type`",
            )
        return cls(estimator, features, label, problem.with_classes_of([estimator]))

    def predict(self, rows: pd.DataFrame, problem: ProblemType | None = None) -> Floats:
        """Return the predictions for rows, in the shape of the problem type, unchecked.

        Args:
            rows: A table that has the model's columns.
            problem: The problem type with further classes, to compare the model with others.

        Raises:
            RegistryError: ``rows`` lacks a column that the model reads.
        """
        missing = [column for column in self.features if column not in rows.columns]
        if missing:
            raise RegistryError(
                f"The table lacks columns that {self.label} reads: {', '.join(missing)}",
                where=f"columns: {', '.join(map(str, rows.columns))}",
                fix="make the table with the stages that the version was trained with",
            )
        return Predictor(problem or self.problem, self.estimator, self.features).predict(rows)

    def find_fault(self, example: pd.DataFrame) -> str:
        """Return why the model does not predict validly for an example; nothing if it does."""
        if example.empty:
            return "the example has no rows"
        try:
            predictions = self.predict(example)
        except (ModelError, RegistryError) as err:
            return err.what
        except (ValueError, TypeError, KeyError, AttributeError) as err:  # scikit-learn's, for bad rows
            return f"it fails: {str(err)[:200]}"
        if len(predictions) != len(example):
            return f"it gives {len(predictions):,} predictions for {len(example):,} rows"
        return self.problem.find_invalid(predictions)
