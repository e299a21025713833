"""Benchmark of the metric that is estimated before labels arrive, beside NannyML on the same windows.

``python -m benchmarks.estimates --nannyml /path/to/python`` writes its table to docs/drift.md. A model is
fitted for each problem type. The features then shift, and the labels depend on them as before. Each estimate
is compared with the true metric of its window.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ttest_1samp
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from benchmarks.drift_results import save
from benchmarks.drift_windows import CLASSES, Window, draw
from trimtab.drift import build_reference, measure
from trimtab.learning import PROBLEM_TYPES

TRAINING_ROWS, REFERENCE_ROWS, WINDOW_ROWS, FEATURES = 10_000, 10_000, 2000, 20
SIZES = (-8.0, -6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0)  # of a shift by a quarter of a standard deviation
SHIFTED = ("one number", "five, PSI 0.03 each")
# Our name of a metric: NannyML's.
METRICS = {
    "binary": {"roc_auc": "roc_auc"},
    "multiclass": {"roc_auc_ovr": "roc_auc", "accuracy": "accuracy"},
    "regression": {"mae": "mae", "rmse": "rmse"},
}


@click.command()
@click.option("--repeats", default=3, show_default=True, help="Windows of each shift and size.")
@click.option("--nannyml", required=True, help="Path of a Python with this library.")
def main(repeats: int, nannyml: str) -> None:
    """Measure how far estimates are from the true metrics."""
    for problem in METRICS:
        drawn = [
            draw(10_000 + place, WINDOW_ROWS, FEATURES, shift=shift, size=size, problem=problem)
            for place, (shift, size, _) in enumerate(
                (shift, size, repeat) for shift in SHIFTED for size in SIZES for repeat in range(repeats)
            )
        ]
        model = _Model(problem)
        reference = model.score(draw(1, REFERENCE_ROWS, FEATURES, problem=problem))
        windows = [model.score(window) for window in drawn]
        theirs = _nannyml(nannyml, problem, reference, windows)
        save(
            "estimates",
            [_row(problem, *names, reference, windows, theirs) for names in METRICS[problem].items()],
        )


class _Model:
    """A model fitted to drawn rows of one problem type."""

    def __init__(self, problem: str) -> None:
        estimator = (
            HistGradientBoostingRegressor if problem == "regression" else HistGradientBoostingClassifier
        )
        rows = draw(0, TRAINING_ROWS, FEATURES, problem=problem)
        self._estimator = estimator(categorical_features="from_dtype", random_state=0)
        self._estimator.fit(_encoded(rows.features), rows.labels)
        self._problem = problem

    def score(self, window: Window) -> Window:
        """Return a window with the predictions of this model."""
        rows = _encoded(window.features)
        predicted = (
            self._estimator.predict(rows)
            if self._problem == "regression"
            else self._estimator.predict_proba(rows)
        )
        return Window(
            window.features, predicted[:, 1] if self._problem == "binary" else predicted, window.labels
        )


def _encoded(features: pd.DataFrame) -> pd.DataFrame:
    return features.astype(dict.fromkeys(features.select_dtypes(exclude="number"), "category"))


def _row(
    problem: str,
    ours: str,
    theirs: str,
    reference: Window,
    windows: Sequence[Window],
    estimated: Sequence[Mapping[str, float]],
) -> dict[str, Any]:
    profile = build_reference(
        reference.features,
        reference.scores,
        reference.labels,
        problem_type=problem,
        classes=CLASSES if problem == "multiclass" else (),
    )
    true = np.array([_true_figure(problem, ours, window) for window in windows])
    mine = np.array([_estimate(profile, ours, window) for window in windows])
    their = np.array([one[theirs] for one in estimated])
    errors, their_errors = np.abs(mine - true), np.abs(their - true)
    difference = errors - their_errors
    interval = ttest_1samp(difference, 0).confidence_interval()
    return {
        "problem type": problem,
        "metric": ours,
        "windows": len(windows),
        "true": f"{true.min():.3f} to {true.max():.3f}",
        "trimtab": _mean(errors),
        "NannyML": _mean(their_errors),
        "difference": f"{difference.mean():+.4f} ({interval.low:+.4f} to {interval.high:+.4f})",
    }


def _mean(errors: NDArray[np.float64]) -> str:
    return f"{errors.mean():.4f}"


def _true_figure(problem: str, metric: str, window: Window) -> float:
    kind = PROBLEM_TYPES[problem]
    kind = kind.with_classes(CLASSES) if problem == "multiclass" else kind
    labels = kind.read_labels(pd.Series(window.labels, name="label"))
    return kind.figure(kind.metrics[metric], labels, window.scores)


def _estimate(profile: Any, metric: str, window: Window) -> float:
    predictions = measure(profile, window.features, window.scores, metric=metric).predictions
    assert predictions is not None, "the window has predictions"
    assert predictions.estimate.window is not None, f"{metric} is estimated"
    return predictions.estimate.window


def _nannyml(
    python: str, problem: str, reference: Window, windows: Sequence[Window]
) -> list[Mapping[str, float]]:
    with TemporaryDirectory() as folder:
        _table(problem, reference).to_parquet(Path(folder, "reference.parquet"))
        for place, window in enumerate(windows):
            _table(problem, window).to_parquet(Path(folder, f"window-{place:03}.parquet"))
        script = Path(__file__).with_name("drift_nannyml.py")
        command = [python, script, problem, folder]
        environment = {**os.environ, "NML_DISABLE_USAGE_LOGGING": "1"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return list(json.loads(done.stdout.rpartition("JSON")[2]).values())


def _table(problem: str, window: Window) -> pd.DataFrame:
    """Return a window as NannyML reads it."""
    table = window.features.assign(label=window.labels)
    if problem == "regression":
        return table.assign(score=window.scores)
    if problem == "binary":
        return table.assign(score=window.scores, **{"class": (window.scores >= 0.5).astype(int)})
    scores = {f"score_{name}": window.scores[:, place] for place, name in enumerate(CLASSES)}
    return table.assign(**scores, **{"class": np.array(CLASSES)[window.scores.argmax(axis=1)]})


if __name__ == "__main__":
    main()
