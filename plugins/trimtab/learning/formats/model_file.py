"""Load a model file by its format. No format that is listed here executes code of the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from trimtab.errors import MissingExtraError, ModelError

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
PACKAGES: Mapping[str, str] = MappingProxyType(
    {"lightgbm": "lightgbm", "xgboost": "xgboost", "onnx": "onnxruntime", "catboost": "catboost"}
)


def load_estimator(path: Path, trusted_types: Collection[str] = ()) -> Any:
    """Load the estimator of a model file.

    Args:
        path: The file. Its suffix names the format; a file with another suffix counts as a skops file.
        trusted_types: The types that a skops file may hold beyond those that skops knows to be harmless.

    Returns:
        An estimator with the methods and attributes of scikit-learn's: ``predict``; of a classifier
        ``predict_proba`` and ``classes_``; and ``feature_names_in_``, if the file has names of its columns.

    Raises:
        MissingExtraError: The package that loads the format is not installed.
        ModelError: The file is missing, is not of its format, or holds types that are not trusted; then
            nothing of it was executed.
    """
    format_ = model_format(path)
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
    """Return the name of the format of a model file: ``skops``, ``lightgbm``, ``catboost`` and so on."""
    return FORMATS.get(path.suffix, "skops")
