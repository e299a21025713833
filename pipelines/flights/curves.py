"""Yours to edit. What the plots show: tables of points, one column per estimator."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve
from sklearn.pipeline import Pipeline

from pipelines.flights.features import FEATURES, LABEL

Scores = Mapping[str, NDArray[np.float64]]
GRID = np.linspace(0, 1, 101)
DIGITS = 6


def roc(labels: pd.Series, scores: Scores) -> pd.DataFrame:
    """True positive rate over false positive rate."""
    points = pd.DataFrame({"false_positive_rate": GRID})
    for name, probabilities in scores.items():
        false, true, _ = roc_curve(labels, probabilities)
        points[name] = np.interp(GRID, false, true)
    return points.round(DIGITS)


def precision_recall(labels: pd.Series, scores: Scores) -> pd.DataFrame:
    """Precision over recall; the best precision that reaches at least this recall."""
    points = pd.DataFrame({"recall": GRID[1:]})
    for name, probabilities in scores.items():
        precision, recall, _ = precision_recall_curve(labels, probabilities)
        best = np.maximum.accumulate(precision)  # recall falls along the curve
        points[name] = [best[recall >= wanted].max() for wanted in GRID[1:]]
    return points.round(DIGITS)


def calibration(labels: pd.Series, probabilities: NDArray[np.float64], bins: int) -> pd.DataFrame:
    """Share observed over share predicted, in bins of equally many rows."""
    rank = pd.Series(probabilities, index=labels.index).rank(method="first", pct=True)
    table = pd.DataFrame({"predicted": probabilities, "observed": labels})
    means = table.groupby(np.ceil(rank * bins)).agg(
        predicted=("predicted", "mean"), observed=("observed", "mean"), flights=("observed", "size")
    )
    return means.reset_index(drop=True).round(DIGITS)


def learning_curve(model: Pipeline, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Log loss after each tree: where one curve turns up while the other falls, there are too many."""
    curves = {name: log_losses(model, table) for name, table in tables.items()}
    points = pd.DataFrame({f"{name}_log_loss": losses for name, losses in curves.items()})
    points.insert(0, "trees", points.index + 1)
    return points.round(DIGITS)


def log_losses(model: Pipeline, table: pd.DataFrame) -> list[float]:
    """Return the log loss of the first tree, of the first two, and so on."""
    encoded, late = model[:-1].transform(table[FEATURES]), table[LABEL].to_numpy(bool)
    stages = model[-1].staged_predict_proba(encoded)
    return [-float(np.log(stage[np.arange(len(late)), late.astype(int)]).mean()) for stage in stages]
