"""A model that predicts tables, such as one in a folder; its problem type says how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import ModelError
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd


class PredictionProcess(Protocol):
    """What predicts: :class:`~trimtab.learning.formats.model_process.ModelProcess`."""

    names: tuple[str, ...]
    columns: tuple[str, ...]

    def predict(self, rows: pd.DataFrame) -> NDArray[Any]:
        """Return the predictions, of shape (n_rows, n_columns), of floats or of integers."""
        ...


@dataclass(frozen=True)
class TableModel:
    """A model that predicts a table, which a problem type reads.

    Attributes:
        process: The process that predicts.
    """

    process: PredictionProcess

    @property
    def names(self) -> tuple[str, ...] | None:
        """Names of the columns it reads, in order; None if its signature has none."""
        return self.process.names or None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns it predicts, in order; empty if its signature has none."""
        return self.process.columns

    def outputs(
        self, *widths: int, expected: str, probabilities: bool = False
    ) -> Callable[[pd.DataFrame], Floats]:
        """Return the predictions as a function of rows.

        Args:
            *widths: The numbers of columns that it may predict. One column gives an array of shape (n_rows,).
            expected: What it has to predict, for the error message.
            probabilities: Whether it has to predict probabilities; many flavors predict classes, as integers.

        Raises:
            ModelError: By the function: it predicts another number of columns, or classes.
        """

        def predict(rows: pd.DataFrame) -> Floats:
            found = self.process.predict(rows)
            if probabilities and found.dtype.kind == "i":
                raise ModelError(f"The model predicts integers, no probabilities, expected is {expected}")
            if found.shape[1] not in widths:
                raise ModelError(
                    f"The model predicts {found.shape[1]} numbers for a row, expected is {expected}"
                )
            return np.asarray(found[:, 0] if found.shape[1] == 1 else found, dtype=float)

        return predict
