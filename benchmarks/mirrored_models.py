"""Pairs of trained models whose true figures are equal to the last digit: a model and its mirror image.

The features are alike: in reverse order, they have the same distribution with the label. The mirror image is
trained on the same rows with the columns in reverse order. So it predicts for a row what the model predicts
for the row in reverse. It is wrong in other rows, but just as often: every metric of both is truly equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trimtab.learning import PROBLEM_TYPES, Floats, Predictor
from trimtab.learning.formats.model_file import load_estimator

FEATURES = list("abcdef")
TRAINING_ROWS, PROBED_ROWS = 400, 5000
LEVELS = (0.1, 0.5, 0.9)
TAIL = 3  # degrees of freedom of the errors of numbers: the lower, the heavier are the tails
ROUNDS = 15
TREES = {"learning_rate": 0.2, "max_depth": 3}

Pair: TypeAlias = tuple[Predictor, Predictor]


@dataclass(frozen=True)
class Rows:
    """Rows with labels: 0 and 1, the classes 0 to 2, or numbers with heavy tails.

    Attributes:
        features: The features.
        labels: The labels, of shape (n_rows,).
        weights: The weights of the rows in training. No two features part rows equally well then, so that
            the order of the columns does not matter.
    """

    features: pd.DataFrame
    labels: NDArray[Any]
    weights: Floats

    @property
    def mirrored(self) -> Rows:
        """The rows whose columns have the values of the columns in reverse order."""
        return replace(self, features=self.features[FEATURES[::-1]].set_axis(FEATURES, axis=1))


def draw(problem: str, rows: int, random: np.random.Generator) -> Rows:
    """Draw independent rows for a problem type."""
    values = random.normal(size=(rows, len(FEATURES)))
    signal = values.sum(axis=1) / len(FEATURES) ** 0.5
    features, weights = pd.DataFrame(values, columns=FEATURES), random.uniform(0.5, 1.5, rows)
    return Rows(features, _LABELS.get(problem, _numbers)(signal, random), weights)


def _binary(signal: Floats, random: np.random.Generator) -> NDArray[Any]:
    return (random.random(len(signal)) < 1 / (1 + np.exp(1.35 - 1.2 * signal))).astype(int)


def _classes(signal: Floats, random: np.random.Generator) -> NDArray[Any]:
    powers = np.exp(np.column_stack([1.2 * signal, -1.2 * signal, np.full(len(signal), -0.5)]))
    shares = powers.cumsum(axis=1) / powers.sum(axis=1, keepdims=True)
    return np.asarray((random.random((len(signal), 1)) > shares).sum(axis=1).clip(max=2))


def _numbers(signal: Floats, random: np.random.Generator) -> NDArray[Any]:
    return np.asarray(1_000 + 100 * signal + 50 * random.standard_t(TAIL, len(signal)))


_LABELS = {"binary": _binary, "multiclass": _classes}


def train_pairs(problem: str, format_: str, folder: Path) -> Iterator[Pair]:
    """Yield models with their mirror images, loaded from their files, without an end.

    Where two features are equally good, an algorithm takes the first column. Then the second model is no
    mirror image, and the pair is left out.

    Args:
        problem: The name of the problem type.
        format_: The format of the files, of ``WRITERS``.
        folder: Where the files go.
    """
    probe = draw(problem, PROBED_ROWS, np.random.default_rng(0))
    for seed in count():
        rows = draw(problem, TRAINING_ROWS, np.random.default_rng([0, seed]))
        sides = {"model": rows, "mirrored": rows.mirrored}
        model, mirror = (
            _load(problem, WRITERS[format_](problem, each, folder / f"{seed}-{side}"))
            for side, each in sides.items()
        )
        if np.allclose(mirror.predict(probe.features), model.predict(probe.mirrored.features), rtol=1e-4):
            yield model, mirror


def _load(problem: str, file: Path) -> Predictor:
    estimator = load_estimator(file)
    kind = PROBLEM_TYPES[problem].with_classes_of([estimator])
    if unfit := kind.find_unfit(estimator):
        raise ValueError(f"{file.name}: {unfit}")
    return Predictor(kind, estimator, tuple(FEATURES))


def _write_skops(problem: str, rows: Rows, stem: Path) -> Path:
    import skops.io
    from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor
    from sklearn.multioutput import MultiOutputRegressor

    def fitted(model: Any) -> Any:
        return model.fit(rows.features, rows.labels, sample_weight=rows.weights)

    file = stem.with_suffix(".skops")
    if problem == "quantile":
        each = [fitted(QuantileRegressor(quantile=level, alpha=0)) for level in LEVELS]
        model = MultiOutputRegressor(each[0])
        model.estimators_, model.feature_names_in_ = each, each[0].feature_names_in_
    else:
        model = fitted(LinearRegression() if problem == "regression" else LogisticRegression(tol=1e-8))
    skops.io.dump(model, file)
    return file


def _write_lightgbm(problem: str, rows: Rows, stem: Path) -> Path:
    import lightgbm

    params = {**TREES, "objective": problem, "num_threads": 1, "verbose": -1}
    params |= {"num_class": 3} if problem == "multiclass" else {}
    file, table = stem.with_suffix(".txt"), lightgbm.Dataset(rows.features, rows.labels, weight=rows.weights)
    lightgbm.train(params, table, ROUNDS).save_model(file)
    return file


def _write_xgboost(problem: str, rows: Rows, stem: Path) -> Path:
    import xgboost

    objective: dict[str, dict[str, Any]] = {
        "binary": {"objective": "binary:logistic"},
        "multiclass": {"objective": "multi:softprob", "num_class": 3},
        "regression": {"objective": "reg:squarederror"},
        "quantile": {"objective": "reg:quantileerror", "quantile_alpha": LEVELS},
    }
    params = {**TREES, **objective[problem], "nthread": 1, "min_child_weight": 5}
    file, table = stem.with_suffix(".ubj"), xgboost.DMatrix(rows.features, rows.labels, weight=rows.weights)
    xgboost.train(params, table, ROUNDS).save_model(file)
    return file


def _write_onnx(problem: str, rows: Rows, stem: Path) -> Path:
    from skl2onnx import to_onnx
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

    trees = GradientBoostingRegressor if problem == "regression" else GradientBoostingClassifier
    array = rows.features.to_numpy(np.float32)
    model = trees(**TREES, n_estimators=ROUNDS, min_samples_leaf=20, random_state=0)
    model.fit(array, rows.labels, sample_weight=rows.weights)
    options = {} if problem == "regression" else {id(model): {"zipmap": False}}
    file = stem.with_suffix(".onnx")
    file.write_bytes(to_onnx(model, array[:1], options=options).SerializeToString())
    return file


# A LightGBM file has one quantile, and neither it nor an ONNX file says the levels of quantiles.
QUANTILE_FORMATS = ("skops", "xgboost")
WRITERS: dict[str, Callable[[str, Rows, Path], Path]] = {
    "skops": _write_skops,
    "lightgbm": _write_lightgbm,
    "xgboost": _write_xgboost,
    "onnx": _write_onnx,
}
CELLS = [
    (problem, format_)
    for problem in PROBLEM_TYPES
    for format_ in WRITERS
    if problem != "quantile" or format_ in QUANTILE_FORMATS
]
