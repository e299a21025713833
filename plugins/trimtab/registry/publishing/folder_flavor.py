"""A flavor of MLflow for a model folder of any other flavor, which stays as it is inside of the logged model.

Each model of the flavor has a copy of this file, so it imports only what the model's requirements list.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

REQUIREMENTS = "requirements.txt"  # of a folder that MLflow has saved


def save_model(
    path: str,
    mlflow_model: Any,
    folder: Path,
    *,
    pip_requirements: list[str],
    **common: Any,
) -> None:
    """Write the files of a logged model, and load nothing.

    Args:
        path: Where to write them.
        mlflow_model: What is written into the file ``MLmodel``.
        folder: The model folder.
        pip_requirements: Those of a folder that lists none.
        **common: What ``mlflow.pyfunc.save_model`` takes.
    """
    import mlflow.pyfunc

    listed = folder / REQUIREMENTS
    mlflow.pyfunc.save_model(
        path,
        mlflow_model=mlflow_model,
        loader_module=Path(__file__).stem,
        data_path=str(folder),
        code_paths=[__file__],
        pip_requirements=str(listed) if listed.is_file() else pip_requirements,
        **common,
    )


def _load_pyfunc(path: str) -> Any:
    """Load the folder; MLflow calls the function by this name."""
    import mlflow.pyfunc

    return mlflow.pyfunc.load_model(path)
