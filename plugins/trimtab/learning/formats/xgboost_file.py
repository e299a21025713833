"""Load an XGBoost model from UBJSON or JSON, which hold trees and no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost

from trimtab.errors import ModelError
from trimtab.learning.loaded_estimator import LoadedClassifier, LoadedRegressor
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd


def load(path: Path) -> LoadedRegressor | LoadedClassifier:
    """Load a model that ``Booster.save_model`` has written. XGBoost numbers classes from 0.

    Raises:
        ModelError: The file is none, or its objective is neither a regression nor gives probabilities.
    """
    booster = xgboost.Booster({"nthread": 1})
    try:
        booster.load_model(path)
        learner = json.loads(booster.save_config())["learner"]
    except (xgboost.core.XGBoostError, ValueError, KeyError) as err:
        raise ModelError(
            f"The model file cannot be loaded: {str(err).splitlines()[0][:200]}",
            where=path.name,
            fix="save the model with `booster.save_model`",
        ) from err
    names = None if booster.feature_names is None else tuple(booster.feature_names)

    def outputs(rows: pd.DataFrame) -> Floats:
        # The names of a table are unknown to a model that was fitted to an array.
        found = booster.predict(_as_matrix(rows), validate_features=names is not None)
        return np.asarray(found, dtype=float)

    objective = learner["objective"]["name"]
    if objective == "binary:logistic":
        return LoadedClassifier(booster, outputs, names, np.arange(2))
    if objective == "multi:softprob":
        number = int(learner["learner_model_param"]["num_class"])
        return LoadedClassifier(booster, outputs, names, np.arange(number))
    if objective == "reg:quantileerror":
        return LoadedRegressor(booster, outputs, names, _levels(learner["objective"]))
    if objective.startswith(("reg:", "count:")):
        return LoadedRegressor(booster, outputs, names)
    raise ModelError(
        f"The objective of the model gives no probabilities and is no regression: {objective}",
        where=path.name,
        fix="train with `binary:logistic`, `multi:softprob` or an objective of `reg:`",
    )


def _levels(objective: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the levels of the quantiles that a model predicts, which XGBoost writes as a text."""
    levels = json.loads(objective["quantile_loss_param"]["quantile_alpha"])
    return tuple(map(float, levels if isinstance(levels, list) else [levels]))


def _as_matrix(rows: pd.DataFrame) -> xgboost.DMatrix:
    """Return the rows for XGBoost, which maps categories to those of the training table."""
    import pandas as pd

    texts = [name for name in rows if not pd.api.types.is_numeric_dtype(rows[name])]
    table = rows.astype(dict.fromkeys(texts, "category"))
    return xgboost.DMatrix(table, enable_categorical=True, nthread=1)
