"""Small model folders of MLflow's flavor pyfunc, for each problem type and of models that misbehave."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow.pyfunc
import numpy as np
import pandas as pd
from mlflow.models import Model, infer_signature
from mlflow.pyfunc import PythonModel

from tests.library.learning.formats.model_files import ROWS

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # the process does not have this module

TRUSTED = ("mlflow.pyfunc",)
COLUMNS = {
    "binary": ["late"],
    "multiclass": ["0", "1", "2"],
    "regression": ["size"],
    "quantile": ["quantile_0.1", "quantile_0.5", "quantile_0.9"],
}


class Formula(PythonModel):
    """Predicts from a formula, and writes the id of each process that loads it into a file."""

    def __init__(self, problem: str, marker: Path) -> None:
        self.problem, self.marker = problem, marker

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with self.marker.open("a") as file:
            file.write(f"{os.getpid()}\n")

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        sys.stdout.write("a model may print\n")
        return pd.DataFrame(formula(self.problem, model_input), columns=COLUMNS[self.problem])


class Misbehaving(PythonModel):
    """Does what a number of rows asks for."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        match len(model_input):
            case 1:
                raise ValueError("no single rows")
            case 2:
                return np.zeros((2, 3))
            case 3:
                return [1.0]
            case 4:
                return ["a", "b", "c", "d"]
            case 5:
                return pd.DataFrame({"other": np.zeros(5)})
            case 6:
                os.kill(os.getpid(), signal.SIGKILL)
            case 7:  # an answer of its own, to each file that is open
                for file in [int(each.name) for each in Path("/proc/self/fd").iterdir()]:
                    with contextlib.suppress(OSError):
                        os.write(file, b"\x05\x00\x00\x00[0,0]" + b"\xff" * 64)
        return np.arange(len(model_input))


class Dying(PythonModel):
    """Ends its process while it is loaded."""

    def load_context(self, context: Any) -> None:
        os.write(2, b"no licence for this model\n")
        os._exit(7)


class Imports(PythonModel):
    """Predicts the number ``SIZE`` of a module."""

    def __init__(self, module: str) -> None:
        self.module = module

    def load_context(self, context: Any) -> None:
        self.size = importlib.import_module(self.module).SIZE

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        return np.full(len(model_input), self.size)


class Hanging(PythonModel):
    """Never gets loaded."""

    def load_context(self, context: Any) -> None:
        time.sleep(600)


def formula(problem: str, rows: pd.DataFrame) -> np.ndarray:
    """Return the predictions of a problem type, of shape (n_rows, n_columns)."""
    size = rows["length"].to_numpy() + 0.3 * rows["width"].to_numpy()
    match problem:
        case "binary":
            columns = [1 / (1 + np.exp(-5 * size))]
        case "multiclass":
            weights = np.exp(-((size - np.array([[-1.0], [0.0], [1.0]])) ** 2))
            columns = list(weights / weights.sum(axis=0))
        case "regression":
            columns = [size]
        case _:
            columns = [size - 0.13, size, size + 0.13]
    return np.column_stack(columns)


def save(folder: Path, model: PythonModel, predictions: Any) -> Path:
    """Save a model, with the signature of such predictions; its bytes depend on nothing else."""
    mlflow.pyfunc.save_model(
        folder,
        python_model=model,
        signature=infer_signature(ROWS, predictions),
        pip_requirements=["mlflow"],
        mlflow_model=Model(model_uuid="", utc_time_created="1970-01-01"),
    )
    return folder


def formula_folder(folder: Path, problem: str, marker: Path) -> Path:
    """Save the model of a problem type, which tells in a file which processes have loaded it."""
    predictions = pd.DataFrame(formula(problem, ROWS), columns=COLUMNS[problem])
    return save(folder, Formula(problem, marker), predictions)
