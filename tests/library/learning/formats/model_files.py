"""Small model files of each format and problem type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RANDOM = np.random.default_rng(0)
ROWS = pd.DataFrame({"length": RANDOM.normal(size=300), "width": RANDOM.normal(size=300)})
SIZE = ROWS["length"] + 0.3 * ROWS["width"] + RANDOM.normal(0, 0.1, 300)
LABELS = {
    "binary": (SIZE > 0).astype(int),
    "multiclass": pd.cut(SIZE, [-np.inf, -0.5, 0.5, np.inf], labels=False),
    "regression": SIZE,
}


def label_of(problem: str) -> pd.Series:
    """Return the labels of a problem type; not every format has a model of quantiles."""
    return LABELS["regression"] if problem == "quantile" else LABELS[problem]


@dataclass(frozen=True)
class ModelFile:
    """A model file, and what the library that wrote it predicts: values, or probabilities."""

    path: Path
    predictions: np.ndarray


def lightgbm_file(folder: Path, problem: str, **settings: Any) -> ModelFile:
    import lightgbm

    objective = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}[problem]
    params = {"objective": objective, "num_class": 3 if problem == "multiclass" else 1, "verbose": -1}
    booster = lightgbm.train({**params, **settings}, lightgbm.Dataset(ROWS, LABELS[problem]), 5)
    booster.save_model(folder / "model.txt")
    return ModelFile(folder / "model.txt", booster.predict(ROWS))


def xgboost_file(folder: Path, problem: str, suffix: str = ".ubj", **settings: Any) -> ModelFile:
    import xgboost

    objective = {
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
        "regression": "reg:squarederror",
        "quantile": "reg:quantileerror",
    }
    params = {"objective": objective[problem], "nthread": 1}
    if problem == "multiclass":
        params["num_class"] = 3
    if problem == "quantile":
        params["quantile_alpha"] = [0.1, 0.5, 0.9]
    matrix = xgboost.DMatrix(ROWS, label_of(problem))
    booster = xgboost.train({**params, **settings}, matrix, 5)
    booster.save_model(folder / f"model{suffix}")
    return ModelFile(folder / f"model{suffix}", booster.predict(matrix))


def catboost_file(folder: Path, problem: str, **settings: Any) -> ModelFile:
    import catboost

    params = {"iterations": 5, "thread_count": 1, "verbose": False, "allow_writing_files": False}
    if problem == "quantile":
        params["loss_function"] = "MultiQuantile:alpha=0.1,0.5,0.9"
    numbers = problem in ("regression", "quantile")
    kind = catboost.CatBoostRegressor if numbers else catboost.CatBoostClassifier
    model = kind(**params, **settings).fit(ROWS, label_of(problem))
    model.save_model(folder / "model.cbm")
    return ModelFile(folder / "model.cbm", model.predict(ROWS) if numbers else model.predict_proba(ROWS))


def onnx_file(folder: Path, problem: str, *, zipmap: bool = True) -> ModelFile:
    """A graph that reads one array, as skl2onnx makes it of a model that was fitted to one."""
    from skl2onnx import to_onnx
    from sklearn.linear_model import LinearRegression, LogisticRegression

    array = ROWS.to_numpy(np.float32)
    if problem == "regression":
        model = LinearRegression().fit(array, LABELS[problem])
        predictions, options = model.predict(array), {}
    else:
        model = LogisticRegression().fit(array, LABELS[problem])
        predictions, options = model.predict_proba(array), {id(model): {"zipmap": zipmap}}
    (folder / "model.onnx").write_bytes(to_onnx(model, array[:1], options=options).SerializeToString())
    return ModelFile(folder / "model.onnx", predictions)


def skops_file(folder: Path, problem: str) -> ModelFile:
    import skops.io
    from sklearn.linear_model import LinearRegression, LogisticRegression

    regression = problem == "regression"
    model = (LinearRegression() if regression else LogisticRegression()).fit(ROWS, LABELS[problem])
    skops.io.dump(model, folder / "model.skops")
    predictions = model.predict(ROWS) if regression else model.predict_proba(ROWS)
    return ModelFile(folder / "model.skops", predictions)


WRITERS: dict[str, Callable[[Path, str], ModelFile]] = {
    "skops": skops_file,
    "lightgbm": lightgbm_file,
    "xgboost": xgboost_file,
    "onnx": onnx_file,
    "catboost": catboost_file,
}
