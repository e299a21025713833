"""Measures model and baseline on the newest year, and builds the reference of drift checks."""

import json
from functools import partial
from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, LABEL
from sklearn.metrics import f1_score, log_loss
from threadpoolctl import threadpool_limits

from trimtab.drift import build_reference
from trimtab.learning import PROBLEM_TYPES
from trimtab.stages import load_model, read_trusted_types, run

DIGITS = 6


def main(test: Path, model: Path, baseline: Path, metrics: Path, reference: Path) -> None:
    """Write the metrics, and the reference profile."""
    table = pd.read_parquet(test)
    trusted = read_trusted_types("validate_model")
    estimators = {"model": load_model(model, trusted), "baseline": load_model(baseline, trusted)}
    problem = PROBLEM_TYPES["multiclass"].with_classes_of(estimators.values(), [table[LABEL]])
    labels = problem.read_labels(table[LABEL])
    with threadpool_limits(1):
        predicted = {name: problem.predict(one, table[FEATURES]) for name, one in estimators.items()}
    figures = {
        name: {
            "log_loss": round(float(log_loss(labels, scores, labels=range(len(problem.classes)))), DIGITS),
            "f1_macro": round(float(f1_score(labels, scores.argmax(axis=1), average="macro")), DIGITS),
            "rows": len(table),
        }
        for name, scores in predicted.items()
    }
    metrics.parent.mkdir(parents=True, exist_ok=True)
    metrics.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    with threadpool_limits(1):
        profile = build_reference(
            table[FEATURES],
            predicted["model"],
            table[LABEL],
            problem_type="multiclass",
            classes=problem.classes,
            periods=table["storm"],  # observations of one storm are alike
            predict=partial(problem.predict, estimators["model"]),
        )
    profile.save(reference)


if __name__ == "__main__":
    run(main)
