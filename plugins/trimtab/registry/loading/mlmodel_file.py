"""The file ``MLmodel`` of a downloaded model: its signature and its input example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import RegistryError
from trimtab.registry.loading.download import broken_model
from trimtab.registry.tracking import MODEL_FILE, Entity, Version, has_named_columns, input_example_file

if TYPE_CHECKING:
    import pandas as pd

MOST_MLMODEL, MOST_EXAMPLE = 4 << 20, 64 << 20  # bytes of a file that is read as a whole


def read_signature(version: Version, folder: Path) -> Entity:
    """Return MLflow's signature of a downloaded model.

    Raises:
        RegistryError: The model has no signature, or one without names of columns.
    """
    signature = _read_mlmodel(version, folder).signature
    if not has_named_columns(signature):
        raise RegistryError(
            f"The signature of {version} does not name the columns it reads",
            where=f"MLflow: {version.uri}, signature",
            fix="register it with `trimtab publish`, which takes them from the input example",
        )
    return signature


def read_input_example(version: Version, folder: Path) -> pd.DataFrame | None:
    """Return the input example of a downloaded model; ``None`` if it has none.

    Raises:
        RegistryError: The example cannot be read, is too large, or lies outside of the model's folder.
    """
    model = _read_mlmodel(version, folder)
    name = input_example_file(model)
    if name is None:
        return None
    file = folder / name
    if file.parent != folder or not file.is_file() or file.is_symlink():
        raise broken_model(version, f"its input example is no file of the model: {name!r}")
    _require_size(version, file, MOST_EXAMPLE)
    try:
        example: pd.DataFrame = model.load_input_example(str(folder))
    except Exception as err:  # a registered file may hold anything
        raise broken_model(version, f"its input example cannot be read: {repr(err)[:200]}") from err
    return example


def _read_mlmodel(version: Version, folder: Path) -> Entity:
    """Return MLflow's description of a model; nothing that the description names is loaded."""
    from mlflow.models import Model

    _require_size(version, folder / MODEL_FILE, MOST_MLMODEL)
    try:
        return Model.load(str(folder))
    except Exception as err:  # a registered file may hold anything
        raise broken_model(version, f"its {MODEL_FILE} cannot be read: {repr(err)[:200]}") from err


def _require_size(version: Version, file: Path, most: int) -> None:
    size = file.stat().st_size
    if size > most:
        raise broken_model(version, f"its {file.name} has {size:,} bytes, the limit is {most:,}")
