"""Load a model folder of MLflow, of any flavor: it executes code, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning.bootstrap import Floats
from trimtab.learning.formats.model_process import ModelProcess

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.learning.problem_type import ProblemType

TRUSTED = "mlflow.pyfunc"  # the name in `trusted_types` that allows a folder to execute its code
MLMODEL = "MLmodel"


@dataclass(frozen=True)
class TableModel:
    """A model that predicts a table, which a problem type reads.

    Attributes:
        process: The process that predicts.
    """

    process: ModelProcess

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


def load_folder(folder: Path, trusted_types: Collection[str], problem: ProblemType) -> Any:
    """Load a folder that ``mlflow.<flavor>.save_model`` has written, and return it as an estimator.

    Args:
        folder: The folder.
        trusted_types: What the commit allows to execute.
        problem: How the predictions are read.

    Raises:
        MissingExtraError: MLflow is not installed.
        ModelError: The commit does not allow it, then nothing of the folder was executed; or the model does
            not load, or does not predict what the problem type needs.
    """
    if TRUSTED not in trusted_types:
        raise ModelError(
            f"The model is a folder, which executes code when it is loaded, and '{TRUSTED}' is not trusted",
            where=folder.name,
            fix=f"give a model file; or, if you trust all who may write it, add {TRUSTED} to"
            " trusted_types of the model's artifact and of its gates, in a commit",
        )
    if not (folder / MLMODEL).is_file():
        raise ModelError(
            f"The model is a folder without the file {MLMODEL}",
            where=folder.name,
            fix="save the model with `mlflow.<flavor>.save_model`, or give a model file",
        )
    if find_spec("mlflow") is None:
        raise MissingExtraError(
            "A model folder needs the extra 'registry': MLflow is not installed",
            where=folder.name,
            fix="pip install 'trimtab[registry]'",
        )
    model = TableModel(ModelProcess(folder))
    try:
        return problem.estimator_of(model)
    except ValueError as err:
        raise ModelError(
            f"The model does not fit the problem type {problem.name}: {err}",
            where=f"{folder.name}, outputs of its signature",
            fix="save it with `signature=infer_signature(rows, predictions)` of a DataFrame of predictions",
        ) from err
