"""Yours to edit. Judges the model and the baseline on the newest months, which neither has seen."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from sklearn.inspection import permutation_importance
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipelines.flights.curves import DIGITS, Scores, calibration, learning_curve, precision_recall, roc
from pipelines.flights.features import FEATURES, LABEL
from trimtab.config import Params, load_params
from trimtab.drift import build_reference
from trimtab.stages import load_model, read_trusted_types, run

STRETCHES = 8  # of the window, four days each in a month: what moves between them is weather, not drift


class EvaluateParams(Params):
    """Section ``evaluate``.

    Attributes:
        calibration_bins: Points of the calibration plot.
        importance_rows: Flights the feature importance is measured on.
        importance_repeats: How often each feature is shuffled.
        seed: Of the choice of these flights, and of the shuffling.
        threads: How many a prediction may use.
    """

    calibration_bins: int = Field(ge=2)
    importance_rows: int = Field(ge=100)
    importance_repeats: int = Field(ge=1)
    seed: int = Field(ge=0)
    threads: int = Field(ge=1)


def main(
    test: Path, train: Path, model: Path, baseline: Path, metrics: Path, plots: Path, reference: Path
) -> None:
    """Write metrics, plots, and the reference that later months are compared with."""
    params = load_params(EvaluateParams, "evaluate")
    table, learnt = pd.read_parquet(test), pd.read_parquet(train)
    trusted = read_trusted_types("validate_model")
    estimators = {"model": load_model(model, trusted), "baseline": load_model(baseline, trusted)}
    with threadpool_limits(params.threads):
        scores = {name: predict(estimator, table) for name, estimator in estimators.items()}
        ranked = importance(estimators["model"], table, params)
        learning = learning_curve(estimators["model"], {"train": learnt, "test": table})
    plots.mkdir(parents=True, exist_ok=True)
    for name, points in draw(table[LABEL], scores, params).items():
        points.to_csv(plots / f"{name}.csv", index=False)
    ranked.to_csv(plots / "importance.csv", index=False)
    learning.to_csv(plots / "learning_curve.csv", index=False)
    judged = {name: measure(table[LABEL], probabilities) for name, probabilities in scores.items()}
    metrics.write_text(json.dumps(judged, indent=2) + "\n", encoding="utf-8")
    with threadpool_limits(params.threads):
        profile = build_reference(
            table[FEATURES],
            scores["model"],
            table[LABEL],
            importance=dict(zip(ranked["feature"], ranked["auc_lost"], strict=True)),
            periods=stretches(len(table)),
            predict=partial(predict, estimators["model"]),
        )
    profile.save(reference)


def predict(estimator: Pipeline, table: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of being late."""
    return estimator.predict_proba(table[FEATURES])[:, 1]


def stretches(flights: int) -> NDArray[np.intp]:
    """Return the stretch of time each flight is of; they come in the order of their days."""
    return np.arange(flights) * STRETCHES // flights


def measure(labels: pd.Series, probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return how good probabilities are; rounded to what does not depend on the order of a sum."""
    figures = {
        "roc_auc": roc_auc_score(labels, probabilities),
        "average_precision": average_precision_score(labels, probabilities),
        "log_loss": log_loss(labels, probabilities),
        "brier": brier_score_loss(labels, probabilities),
    }
    return {name: round(float(value), DIGITS) for name, value in figures.items()} | {"rows": len(labels)}


def draw(labels: pd.Series, scores: Scores, params: EvaluateParams) -> dict[str, pd.DataFrame]:
    """Return the points of each plot, by the name of its file."""
    calibrations = {
        f"calibration_{name}": calibration(labels, probabilities, params.calibration_bins)
        for name, probabilities in scores.items()
    }
    return {"roc": roc(labels, scores), "precision_recall": precision_recall(labels, scores), **calibrations}


def importance(model: Pipeline, table: pd.DataFrame, params: EvaluateParams) -> pd.DataFrame:
    """Return how much AUC is lost when a feature is shuffled, the most important feature first."""
    sample = table.sample(min(params.importance_rows, len(table)), random_state=params.seed)
    found = permutation_importance(
        model,
        sample[FEATURES],
        sample[LABEL],
        scoring="roc_auc",
        n_repeats=params.importance_repeats,
        random_state=params.seed,
    )
    ranked = pd.DataFrame({"feature": FEATURES, "auc_lost": found.importances_mean.round(DIGITS)})
    return ranked.sort_values(["auc_lost", "feature"], ascending=[False, True], ignore_index=True)


if __name__ == "__main__":
    run(main)
