"""Drift checks of Seattle's weather: it drifts between seasons, and hardly between years."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from trimtab.drift import DriftPolicy, decide
from trimtab.drift.measurement.window_measurement import measure_table
from trimtab.drift.profile.builder import profile_table
from trimtab.drift.profile.profiled_table import ProfiledTable

FEATURES = ["precipitation", "temp_max", "temp_min", "wind"]
POLICY = DriftPolicy(min_rows=30, min_psi=0.1)


@pytest.fixture(scope="module")
def quarters():
    """The days of each quarter, by year and quarter."""
    data = Path(importlib.util.find_spec("vega_datasets").origin).parent / "_data"
    weather = pd.read_csv(data / "seattle-weather.csv", parse_dates=["date"])
    return dict(iter(weather.groupby([weather["date"].dt.year, weather["date"].dt.quarter])))


@pytest.fixture(scope="module")
def moved(quarters):
    """Whether each quarter drifted, by the number of quarters between reference and window."""

    def drifted(before, now):
        fortnights = before["date"].dt.day_of_year // 14
        reference = profile_table(ProfiledTable.from_frame(before[FEATURES]), FEATURES, periods=fortnights)
        return (
            decide(measure_table(reference, ProfiledTable.from_frame(now[FEATURES])), POLICY).decision
            == "watch"
        )

    pairs = {
        on: [
            ((year, quarter), (year + (quarter + on - 1) // 4, (quarter + on - 1) % 4 + 1))
            for year in (2012, 2013)
            for quarter in range(1, 5)
        ]
        for on in (2, 4)
    }
    return {on: [drifted(quarters[a], quarters[b]) for a, b in found] for on, found in pairs.items()}


def test_opposite_season_always_drifts(moved):
    assert all(moved[2])


def test_same_season_a_year_later_seldom_drifts(moved):
    assert sum(moved[4]) <= 2


def test_noise_of_dependent_days_is_over_1(quarters):
    summer = quarters[2013, 3]
    table = ProfiledTable.from_frame(summer[FEATURES])
    noise = profile_table(table, FEATURES, periods=summer["date"].dt.day_of_year // 14).noise
    assert noise.features["temp_max"] > 1.5
    assert profile_table(table, FEATURES).noise.features == {}
