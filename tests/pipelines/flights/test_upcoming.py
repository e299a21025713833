"""Upcoming: what is known of flights before they depart, by the code that makes the features of training."""

from datetime import date

import pandas as pd
import pytest

from pipelines.flights.features import FEATURES, LABEL
from pipelines.flights.prepare import PrepareParams, prepare
from pipelines.flights.upcoming import KEYS, TIMETABLE, main, to_come
from trimtab.config import load_params
from trimtab.registry import ScorePolicy
from trimtab.stages import read_windows

OUTCOMES = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", LABEL}


@pytest.fixture(scope="module")
def june(flights, weather):
    return to_come(date(2013, 6, 1), flights[TIMETABLE], weather)


def test_no_outcome_is_read_or_written(june):
    assert OUTCOMES.isdisjoint(TIMETABLE)
    assert list(june.columns) == list(dict.fromkeys([*KEYS, *FEATURES]))


def test_every_flight_of_the_timetable_is_there_whether_or_not_it_will_fly(june, flights):
    planned = flights[flights["month"] == 6]
    assert planned["dep_time"].isna().any(), "some are cancelled"
    pd.testing.assert_frame_equal(june[KEYS], planned[KEYS].reset_index(drop=True))


def test_features_are_those_that_training_would_make(june, flights, weather):
    later = flights[flights["month"] == 6].reset_index(drop=True)
    arrived = later["arr_delay"].notna()
    learnt = prepare(later, weather, PrepareParams(late_minutes=15))[FEATURES]
    pd.testing.assert_frame_equal(june.loc[arrived, FEATURES].reset_index(drop=True), learnt)


def test_the_keys_tell_flights_apart(june, root):
    assert not june.duplicated(KEYS).any()
    assert load_params(ScorePolicy, "score", root / "params.yaml").keys == KEYS


def test_a_month_may_have_begun(flights, weather):
    rest = to_come(date(2013, 6, 3), flights[TIMETABLE], weather)
    assert set(rest["day"]) == {3, 4}


def test_after_the_end_of_the_timetable_there_are_no_rows_and_the_same_columns(
    june, root, tmp_path, monkeypatch
):
    params = (root / "params.yaml").read_text().replace('until: "2013-06-01"', 'until: "2014-01-01"')
    (tmp_path / "params.yaml").write_text(params)
    monkeypatch.chdir(tmp_path)
    main(tmp_path / "upcoming")
    ((month, table),) = read_windows(tmp_path / "upcoming").items()
    assert (month, len(table)) == ("2014-01", 0)
    assert list(table.columns) == list(june.columns)
