"""On another real series, Seattle's weather: a season moves it, the same season a year on hardly."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from trimtab.drift import DriftPolicy, decide
from trimtab.drift.measurement.window_measurement import measure_table
from trimtab.drift.profile.builder import reference_of
from trimtab.drift.profile.profiled_table import Table

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
    """Which quarters are said to have moved, by how many quarters on they are from the reference."""

    def judged(before, now):
        fortnights = before["date"].dt.day_of_year // 14
        reference = reference_of(Table.of_frame(before[FEATURES]), FEATURES, periods=fortnights)
        return decide(measure_table(reference, Table.of_frame(now[FEATURES])), POLICY).decision == "watch"

    pairs = {
        on: [
            ((year, quarter), (year + (quarter + on - 1) // 4, (quarter + on - 1) % 4 + 1))
            for year in (2012, 2013)
            for quarter in range(1, 5)
        ]
        for on in (2, 4)
    }
    return {on: [judged(quarters[a], quarters[b]) for a, b in found] for on, found in pairs.items()}


def test_the_opposite_season_has_always_moved(moved):
    assert all(moved[2])


def test_the_same_season_a_year_on_has_seldom_moved(moved):
    assert sum(moved[4]) <= 2


def test_days_are_known_to_resemble_those_around_them(quarters):
    summer = quarters[2013, 3]
    table = Table.of_frame(summer[FEATURES])
    noise = reference_of(table, FEATURES, periods=summer["date"].dt.day_of_year // 14).noise
    assert noise.features["temp_max"] > 1.5
    assert reference_of(table, FEATURES).noise.features == {}
