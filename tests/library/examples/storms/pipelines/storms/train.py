"""Learns boosted trees, and the linear baseline that they have to beat."""

from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, LABEL
from pydantic import Field
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from trimtab.config import Params, load_params
from trimtab.stages import run, save_model

EXAMPLE_ROWS = 5


class TrainParams(Params):
    """Section ``train``; the attributes are scikit-learn's own.

    Attributes:
        max_iter: Number of trees of each class.
        learning_rate: Weight of each tree.
        max_leaf_nodes: Leaves per tree.
        min_samples_leaf: Rows per leaf.
        seed: Seed of the trees.
    """

    max_iter: int = Field(ge=1)
    learning_rate: float = Field(gt=0, le=1)
    max_leaf_nodes: int = Field(ge=2)
    min_samples_leaf: int = Field(ge=1)
    seed: int = Field(ge=0)


def main(train: Path, model: Path, baseline: Path, input_example: Path) -> None:
    """Write both estimators, and a few rows of features to call them with."""
    params = load_params(TrainParams, "train")
    table = pd.read_parquet(train)
    features, label = table[FEATURES], table[LABEL]
    trees = HistGradientBoostingClassifier(
        max_iter=params.max_iter,
        learning_rate=params.learning_rate,
        max_leaf_nodes=params.max_leaf_nodes,
        min_samples_leaf=params.min_samples_leaf,
        early_stopping=False,
        random_state=params.seed,
    )
    linear = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000))
    with threadpool_limits(1):  # the same bytes on any number of cores
        save_model(trees.fit(features, label), model)
        save_model(linear.fit(features, label), baseline)
    features.head(EXAMPLE_ROWS).to_parquet(input_example, index=False)


if __name__ == "__main__":
    run(main)
