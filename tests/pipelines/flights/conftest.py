"""A few thousand real flights, raw and prepared, and estimators fitted to them."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.flights.ingest import find_data
from pipelines.flights.prepare import PrepareParams, prepare
from pipelines.flights.train import TrainParams, fit
from trimtab.config import load_params

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def flights() -> pd.DataFrame:
    """The first four days of each month, each with its cancellations."""
    table = pd.read_csv(find_data("0.0.3") / "flights.csv.zip")
    return table[table["day"] <= 4].reset_index(drop=True)


@pytest.fixture(scope="session")
def weather() -> pd.DataFrame:
    return pd.read_csv(find_data("0.0.3") / "weather.csv")


@pytest.fixture(scope="session")
def prepared(flights, weather) -> pd.DataFrame:
    return prepare(flights, weather, PrepareParams(late_minutes=15))


@pytest.fixture(scope="session")
def train_params() -> TrainParams:
    """The project's own, made small."""
    params = load_params(TrainParams, "train", ROOT / "params.yaml")
    return params.model_copy(update={"max_iter": 5, "min_samples_leaf": 50})


@pytest.fixture(scope="session")
def fitted(prepared, train_params):
    """Model and baseline, fitted to the first 5,000 flights."""
    return fit(prepared.head(5000), train_params)
