"""Load a model folder of MLflow, of any flavor: it executes code, in a process of its own."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning.formats.model_process import ModelProcess
from trimtab.learning.table_model import TableModel

if TYPE_CHECKING:
    from trimtab.learning.problems.problem_type import ProblemType

TRUSTED = "mlflow.pyfunc"  # the name in `trusted_types` that allows a folder to execute its code
MLMODEL = "MLmodel"


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
