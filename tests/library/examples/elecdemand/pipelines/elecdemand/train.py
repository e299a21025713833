"""Learns boosted trees, and the linear baseline that they have to beat."""

from pathlib import Path

import lightgbm
import pandas as pd
from pipelines.elecdemand.features import FEATURES, LABEL, NUMBERS
from pydantic import Field
from sklearn.compose import make_column_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

from trimtab.config import Params, load_params
from trimtab.stages import run, save_model

EXAMPLE_ROWS = 5


class TrainParams(Params):
    """Section ``train``; the attributes are LightGBM's own.

    Attributes:
        num_iterations: Number of trees.
        learning_rate: Weight of each tree.
        num_leaves: Leaves per tree.
        seed: Seed of the trees.
    """

    num_iterations: int = Field(ge=1)
    learning_rate: float = Field(gt=0, le=1)
    num_leaves: int = Field(ge=2)
    seed: int = Field(ge=0)


def main(train: Path, model: Path, baseline: Path, input_example: Path) -> None:
    """Write both estimators, and a few rows of features to call them with."""
    params = load_params(TrainParams, "train")
    table = pd.read_parquet(train)
    features, label = table[FEATURES], table[LABEL]
    model.parent.mkdir(parents=True, exist_ok=True)
    fit_trees(table, params).save_model(model)
    encode = make_column_transformer(
        (OneHotEncoder(), ["half_hour", "weekday"]), ("passthrough", [*NUMBERS, "workday"])
    )
    with threadpool_limits(1):
        save_model(make_pipeline(encode, Ridge()).fit(features, label), baseline)
    features.head(EXAMPLE_ROWS).to_parquet(input_example, index=False)


def fit_trees(table: pd.DataFrame, params: TrainParams) -> lightgbm.Booster:
    """Return trees that are the same bytes on any number of cores."""
    settings = {**params.model_dump(), "num_threads": 1, "deterministic": True, "verbose": -1}
    rows = lightgbm.Dataset(table[FEATURES], table[LABEL])
    return lightgbm.train({**settings, "objective": "regression"}, rows)


if __name__ == "__main__":
    run(main)
