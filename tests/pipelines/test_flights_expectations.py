"""The suites let honest months through and stop spoilt ones."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines.flights.ingest import by_month, find_data
from pipelines.flights.months import write_months
from pipelines.flights.prepare import PrepareParams, prepare
from trimtab.config import load_yaml
from trimtab.gates import check_data

Months = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def raw() -> Months:
    table = pd.read_csv(find_data("0.0.3") / "flights.csv.zip")
    return by_month(table)


@pytest.fixture(scope="module")
def features(raw, weather) -> Months:
    return {
        month: prepare(flights, weather, PrepareParams(late_minutes=15)) for month, flights in raw.items()
    }


@pytest.fixture
def gate(root, tmp_path):
    def check(suite: str, months: Months):
        write_months(months, tmp_path / suite)
        path = root / f"pipelines/flights/expectations/{suite}.yaml"
        return check_data(suite=path, data=tmp_path / suite, out=tmp_path / "report")

    return check


def first(months: Months, number: int) -> Months:
    return {month: months[month] for month in sorted(months)[:number]}


def spoil_last(months: Months, spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> Months:
    last = max(months)
    return {**months, last: spoil(months[last])}


def failed_on(report) -> set[str]:
    return {check.column for check in report.checks if not check.passed and check.severity == "critical"}


@pytest.mark.parametrize("number", [1, 2, 5, 12])
def test_real_months_pass_both(gate, raw, features, number):
    assert gate("raw", first(raw, number)).verdict == "pass"
    assert gate("features", first(features, number)).verdict == "pass"


@pytest.mark.parametrize("number", [2, 12])
@pytest.mark.parametrize(
    "column", ["arr_delay", "carrier", "origin", "dest", "time_hour", "hour", "distance"]
)
def test_one_month_of_nulls_is_stopped_even_at_the_end_of_a_year(gate, raw, number, column):
    report = gate("raw", spoil_last(first(raw, number), lambda month: month.assign(**{column: None})))
    assert report.verdict == "fail"
    assert column in failed_on(report)


def test_a_month_with_doubled_rows_is_stopped(gate, raw):
    report = gate("raw", spoil_last(first(raw, 12), lambda month: pd.concat([month, month])))
    assert report.verdict == "fail"
    assert failed_on(report) == {"year, month, day, carrier, flight, origin, sched_dep_time"}


def test_a_renamed_column_is_stopped_in_one_month_and_in_all(gate, raw):
    def rename(month: pd.DataFrame) -> pd.DataFrame:
        return month.rename(columns={"arr_delay": "delay"})

    assert gate("raw", spoil_last(first(raw, 3), rename)).verdict == "fail"
    assert gate("raw", {month: rename(flights) for month, flights in first(raw, 3).items()}).verdict == "fail"


def test_a_delay_in_seconds_is_stopped(gate, raw):
    spoilt = {
        month: flights.assign(arr_delay=flights["arr_delay"] * 60) for month, flights in first(raw, 2).items()
    }
    assert "arr_delay" in failed_on(gate("raw", spoilt))


def test_a_month_whose_weather_is_missing_is_stopped(gate, raw, features, weather):
    last = max(raw)
    blind = prepare(raw[last], weather[weather["month"] != 12], PrepareParams(late_minutes=15))
    assert failed_on(gate("features", {**features, last: blind})) == {"temp"}


def test_a_column_known_only_after_departure_is_stopped(gate, features):
    leaking = {month: table.assign(dep_delay=1.0) for month, table in first(features, 2).items()}
    assert gate("features", leaking).verdict == "fail"


@pytest.mark.parametrize("suite", ["raw", "features"])
def test_every_critical_expectation_says_why_and_what_to_do(root, suite):
    entries = load_yaml(Path(root, f"pipelines/flights/expectations/{suite}.yaml"))["expectations"]
    assert len(entries) <= 15
    assert all(len(entry["notes"]) > 60 for entry in entries if entry["severity"] == "critical")
