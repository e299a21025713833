"""Drafts on columns that are continuous along time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.suggest.continuity import draft_continuity

ROWS = 400


def hours(**columns) -> pd.DataFrame:
    return pd.DataFrame({"time": pd.date_range("2013-01-01", periods=ROWS, freq="h"), **columns})


@pytest.fixture
def temperature():
    return np.sin(np.arange(ROWS) / 24) * 10


def test_measurement_along_time_is_drafted_and_noise_is_not(reference, temperature):
    noise = np.random.default_rng(0).normal(size=ROWS)
    (draft,) = draft_continuity(reference(hours(temperature=temperature, noise=noise)))
    assert draft.type == "expect_column_steps_to_be_small"
    assert draft.kwargs["column_list"] == ["time", "temperature"]
    assert 0 < draft.kwargs["max_value"] < 0.5
    assert draft.each_file


def test_measurements_of_stations_are_continuous_within_each(reference, temperature):
    station = np.where(np.arange(ROWS) % 2, "north", "south")
    table = hours(station=station, temperature=temperature + np.where(station == "north", 100, 0))
    (draft,) = draft_continuity(reference(table))
    assert draft.kwargs["group"] == "station"
    assert draft.kwargs["column_list"] == ["station", "time", "temperature"]


def test_table_without_times_gets_no_draft(reference, temperature):
    assert [*draft_continuity(reference(pd.DataFrame({"temperature": temperature})))] == []


def test_table_of_few_rows_gets_no_draft(reference, temperature):
    assert [*draft_continuity(reference(hours(temperature=temperature).head(20)))] == []
