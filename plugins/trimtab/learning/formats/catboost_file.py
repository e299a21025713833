"""Load a CatBoost model from its binary format, which holds trees and no code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import catboost
import numpy as np

from trimtab.errors import ModelError
from trimtab.learning.loaded_estimator import LoadedClassifier, LoadedRegressor
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

# Others predict logarithms, ranks, a mean with its uncertainty, or probabilities that do not sum to 1.
CLASSIFICATION = ("Logloss", "CrossEntropy", "Focal", "MultiClass")
REGRESSION = (
    *("RMSE", "MAE", "MAPE", "Huber", "Lq", "LogCosh", "Expectile", "Poisson", "Tweedie"),
    *("Quantile", "MultiQuantile"),
)


def load(path: Path) -> LoadedRegressor | LoadedClassifier:
    """Load a model that ``model.save_model`` has written in the format ``cbm``.

    Raises:
        ModelError: The file is none, or its loss function is none of those above.
    """
    params = _read(path, catboost.CatBoost).get_all_params()
    loss, _, settings = str(params.get("loss_function", "")).partition(":")
    if loss in CLASSIFICATION:
        model = _read(path, catboost.CatBoostClassifier)
        return LoadedClassifier(model, _outputs(model.predict_proba), _names(model), np.array(model.classes_))
    if loss in REGRESSION:
        model = _read(path, catboost.CatBoostRegressor)
        levels = _levels(settings) if loss == "MultiQuantile" else ()
        return LoadedRegressor(model, _outputs(model.predict), _names(model), levels)
    raise ModelError(
        f"The loss function of the model gives no probabilities and is no regression: {loss or 'unknown'}",
        where=path.name,
        fix=f"train with one of {', '.join((*CLASSIFICATION, *REGRESSION))}",
    )


def _read(path: Path, kind: Callable[[], Any]) -> Any:
    try:
        return kind().load_model(path, format="cbm")
    except (catboost.CatBoostError, ValueError, KeyError) as err:
        raise ModelError(
            f"The model file cannot be loaded: {str(err)[:200]}",
            where=path.name,
            fix="save the model with `model.save_model(file)`, in the format `cbm`",
        ) from err


def _names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns; those of an array are their positions."""
    names = tuple(model.feature_names_)
    return None if names == tuple(map(str, range(len(names)))) else names


def _levels(settings: str) -> tuple[float, ...]:
    """Return the levels of the quantiles, from the settings of a loss function: ``alpha=0.1,0.5,0.9``."""
    pairs = dict(each.split("=") for each in settings.split(";"))
    return tuple(map(float, pairs["alpha"].split(",")))


def _outputs(predict: Callable[..., Any]) -> Callable[[pd.DataFrame], Floats]:
    def outputs(rows: pd.DataFrame) -> Floats:
        try:
            return np.asarray(predict(rows, thread_count=1), dtype=float)
        except catboost.CatBoostError as err:  # has no common base with the errors of other libraries
            raise ValueError(str(err)) from err

    return outputs
