"""Load a model by its format. No file executes code; a folder does, if the commit allows it, elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning.problems.problem_types import BINARY

if TYPE_CHECKING:
    from trimtab.learning.problems.problem_type import ProblemType

# The format by the suffix of a file, and the package of the extra of the same name that loads it.
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".skops": "skops",
        ".txt": "lightgbm",
        ".lgb": "lightgbm",
        ".ubj": "xgboost",
        ".json": "xgboost",
        ".onnx": "onnx",
        ".cbm": "catboost",
        ".cb": "catboost",
    }
)
FOLDER = "pyfunc"
PACKAGES: Mapping[str, str] = MappingProxyType(
    {"lightgbm": "lightgbm", "xgboost": "xgboost", "onnx": "onnxruntime", "catboost": "catboost"}
)


def load_estimator(path: Path, trusted_types: Collection[str] = (), problem: ProblemType = BINARY) -> Any:
    """Load the estimator of a model file, or of a model folder.

    Args:
        path: The file. Its suffix names the format; a file with another suffix counts as a skops file. Or a
            folder that MLflow has saved, which predicts in a process of its own.
        trusted_types: The types that a skops file may hold beyond those that skops knows to be harmless; with
            ``mlflow.pyfunc``, a folder may execute code.
        problem: How the predictions of a folder are read; a file says it itself.

    Returns:
        An estimator with the methods and attributes of scikit-learn's: ``predict``; of a classifier
        ``predict_proba`` and ``classes_``; and ``feature_names_in_``, if the file has names of its columns.

    Raises:
        MissingExtraError: The package that loads the format is not installed.
        ModelError: The file is missing, is not of its format, or holds types that are not trusted, or code of
            a folder is not; then nothing of it was executed.
    """
    format_ = model_format(path)
    if format_ == FOLDER:
        from trimtab.learning.formats.model_folder import load_folder

        return load_folder(path, trusted_types, problem)
    if format_ == "skops":
        from trimtab.learning.formats.skops_file import load_skops

        return load_skops(path, trusted_types)
    if find_spec(PACKAGES[format_]) is None:
        raise MissingExtraError(
            f"A model file of {format_} needs the extra '{format_}': the package is not installed",
            where=path.name,
            fix=f"pip install 'trimtab[{format_}]'",
        )
    if not path.is_file():
        raise ModelError("The model file does not exist", where=path.name)
    load: Callable[[Path], Any] = import_module(f"trimtab.learning.formats.{format_}_file").load
    return load(path)


def model_format(path: Path) -> str:
    """Return the name of the format of a model, such as ``skops`` or ``lightgbm``; ``pyfunc`` of a folder."""
    return FOLDER if path.is_dir() else FORMATS.get(path.suffix, "skops")


def model_bytes(path: Path) -> int:
    """Return the size of a model file, or of all files of a model folder, in bytes."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
