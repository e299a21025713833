"""Measures model and baseline on the newest month, and builds the reference of drift checks."""

import json
from functools import partial
from pathlib import Path

import lightgbm
import pandas as pd
from pipelines.elecdemand.features import FEATURES, LABEL
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from threadpoolctl import threadpool_limits

from trimtab.drift import build_reference
from trimtab.stages import load_model, read_trusted_types, run

DIGITS = 6


def main(test: Path, model: Path, baseline: Path, metrics: Path, reference: Path) -> None:
    """Write the metrics, and the reference profile."""
    table, trusted = pd.read_parquet(test), read_trusted_types("validate_model")
    predict = partial(lightgbm.Booster(model_file=model).predict, num_threads=1)
    with threadpool_limits(1):
        predicted = {
            "model": predict(table[FEATURES]),
            "baseline": load_model(baseline, trusted).predict(table[FEATURES]),
        }
    figures = {
        name: {
            "mae": round(float(mean_absolute_error(table[LABEL], values)), DIGITS),
            "rmse": round(float(root_mean_squared_error(table[LABEL], values)), DIGITS),
            "rows": len(table),
        }
        for name, values in predicted.items()
    }
    metrics.parent.mkdir(parents=True, exist_ok=True)
    metrics.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    build_reference(
        table[FEATURES],
        predicted["model"],
        table[LABEL],
        problem_type="regression",
        unit="GW",
        periods=table["time"].dt.strftime("%G-W%V-%u"),  # a day: half-hours next to each other are alike
        predict=predict,
    ).save(reference)


if __name__ == "__main__":
    run(main)
