"""MLflow's flavor of CatBoost, except that a served classifier answers with probabilities, not with classes.

Each model of the flavor has a copy of this file, so it imports only what the model's requirements list.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def save_model(path: str, mlflow_model: Any, cb_model: Any, **common: Any) -> None:
    """Write the files of a classifier into a folder, as ``mlflow.catboost.save_model`` does."""
    import mlflow.catboost

    mlflow.catboost.save_model(cb_model, path, mlflow_model=mlflow_model, code_paths=[__file__], **common)
    mlflow_model.flavors["python_function"]["loader_module"] = Path(__file__).stem
    mlflow_model.save(str(Path(path, "MLmodel")))


class Served:
    """What MLflow serves.

    Args:
        model: The classifier.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Return the probability of each class, of shape (n_rows, n_classes)."""
        return self.model.predict_proba(rows)


def _load_pyfunc(path: str) -> Served:
    """Load a file; MLflow calls the function by this name."""
    import catboost

    return Served(catboost.CatBoostClassifier().load_model(path))
