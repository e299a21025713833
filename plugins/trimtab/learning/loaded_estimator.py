"""Estimators of model files other than skops, with the methods and attributes of scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

    Outputs: TypeAlias = Callable[[pd.DataFrame], Floats]


@dataclass(frozen=True)
class LoadedRegressor:
    """A model that predicts numbers.

    Attributes:
        model: The object of its own library, which MLflow logs.
        outputs: Returns the outputs for rows, of shape (n_rows,) or (n_rows, n_outputs).
        names: Names of the columns it reads, in order; None if the file has none.
        quantiles: The levels of the quantiles that it predicts, in the order of the outputs; empty if the
            outputs are no quantiles.
    """

    model: Any
    outputs: Outputs
    names: tuple[str, ...] | None
    quantiles: tuple[float, ...] = ()

    @property
    def feature_names_in_(self) -> NDArray[np.object_]:
        """Names of the columns it reads, in order."""
        return _require_names(self.names)

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Return the predicted value of each row, or its quantiles."""
        return np.asarray(self.outputs(rows), dtype=float)


@dataclass(frozen=True)
class LoadedClassifier:
    """A model that predicts the probabilities of classes.

    Attributes:
        model: The object of its own library, which MLflow logs.
        outputs: Returns the probabilities for rows: those of the second class, of shape (n_rows,), or those
            of all classes, of shape (n_rows, n_classes).
        names: Names of the columns it reads, in order; None if the file has none.
        classes_: The classes, in the order of their probabilities.
    """

    model: Any
    outputs: Outputs
    names: tuple[str, ...] | None
    classes_: NDArray[Any]

    @property
    def feature_names_in_(self) -> NDArray[np.object_]:
        """Names of the columns it reads, in order."""
        return _require_names(self.names)

    def predict_proba(self, rows: pd.DataFrame) -> Floats:
        """Return the probability of each class, of shape (n_rows, n_classes)."""
        found = np.asarray(self.outputs(rows), dtype=float)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])

    def predict(self, rows: pd.DataFrame) -> NDArray[Any]:
        """Return the most probable class of each row."""
        return np.asarray(self.classes_[self.predict_proba(rows).argmax(axis=1)])


def _require_names(names: tuple[str, ...] | None) -> NDArray[np.object_]:
    """Return the names; without any, the attribute does not exist, as in an estimator of scikit-learn's."""
    if names is None:
        raise AttributeError("feature_names_in_")
    return np.array(names, dtype=object)
