"""Yours to edit. Learns the model and the baseline from the earlier months."""

from pathlib import Path

import pandas as pd
from pydantic import Field
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipelines.flights.estimators import ModelParams, make_baseline, make_model
from pipelines.flights.features import FEATURES, LABEL
from trimtab.config import load_params
from trimtab.stages import run, save_model

EXAMPLE_ROWS = 5


class TrainParams(ModelParams):
    """Section ``train``.

    Attributes:
        baseline_c: Inverse regularisation of the baseline.
        seed: Of the features each split may choose from.
        threads: How many both may use. More than one adds up in another order, so that the last digits, and
            with them the file, depend on the machine; and where cores are busy, a fit takes ten times longer.
    """

    baseline_c: float = Field(gt=0)
    seed: int = Field(ge=0)
    threads: int = Field(ge=1)


def main(train: Path, model: Path, baseline: Path, input_example: Path) -> None:
    """Write both estimators, and a few rows of features to call them with."""
    params = load_params(TrainParams, "train")
    table = pd.read_parquet(train)
    fitted, simple = fit(table, params)
    save_model(fitted, model)
    save_model(simple, baseline)
    table[FEATURES].head(EXAMPLE_ROWS).to_parquet(input_example, index=False)


def fit(table: pd.DataFrame, params: TrainParams) -> tuple[Pipeline, Pipeline]:
    """Return the model and the baseline, fitted to all rows."""
    features, label = table[FEATURES], table[LABEL]
    with threadpool_limits(params.threads):  # OpenMP's and BLAS's alike
        model = make_model(params, params.seed).fit(features, label)
        baseline = make_baseline(params.baseline_c).fit(features, label)
    return model, baseline


if __name__ == "__main__":
    run(main)
