"""Learns the same trees from the newest days only: a candidate beside the model of all history."""

from pathlib import Path

import pandas as pd
from pipelines.elecdemand.train import TrainParams, fit_trees
from pydantic import Field

from trimtab.config import Params, load_params
from trimtab.stages import run


class RecentParams(Params):
    """Section ``train_recent``.

    Attributes:
        days: How many of the newest days to learn from.
    """

    days: int = Field(ge=1)


def main(train: Path, model: Path) -> None:
    """Write the estimator."""
    table, params = pd.read_parquet(train), load_params(RecentParams, "train_recent")
    newest = table[table["time"] >= table["time"].max() - pd.Timedelta(days=params.days)]
    model.parent.mkdir(parents=True, exist_ok=True)
    fit_trees(newest, load_params(TrainParams, "train")).save_model(model)


if __name__ == "__main__":
    run(main)
