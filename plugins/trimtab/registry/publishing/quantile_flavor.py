"""MLflow's flavor of XGBoost or CatBoost, except that the quantiles of a served model do not cross.

Each model of the flavor has a copy of this file, so it imports only what the model's requirements list.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FLAVORS = {"xgb_model": "mlflow.xgboost", "cb_model": "mlflow.catboost"}  # by the argument with the model


def save_model(path: str, mlflow_model: Any, **settings: Any) -> None:
    """Write the files of a model into a folder, as the ``save_model`` of its flavor does.

    Args:
        path: The folder.
        mlflow_model: What is written into the file ``MLmodel``.
        **settings: What the flavor's ``save_model`` takes.
    """
    (flavor,) = (FLAVORS[name] for name in settings if name in FLAVORS)
    import_module(flavor).save_model(path=path, mlflow_model=mlflow_model, code_paths=[__file__], **settings)
    mlflow_model.flavors["python_function"]["loader_module"] = Path(__file__).stem
    mlflow_model.save(str(Path(path, "MLmodel")))


class Served:
    """What MLflow serves.

    Args:
        model: The model, as the flavor serves it.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Return ascending quantiles, of shape (n_rows, n_levels), or (n_rows,) for one level."""
        import numpy as np

        found = np.asarray(self.model.predict(rows, params))
        return np.sort(found, axis=1) if found.ndim == 2 else found


def _load_pyfunc(path: str) -> Served:
    """Load a file; MLflow calls the function by this name, and so it does that of the flavor."""
    flavor = "mlflow.catboost" if Path(path).suffix == ".cb" else "mlflow.xgboost"
    return Served(import_module(flavor)._load_pyfunc(path))
