"""The suites let honest months through."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines.flights.ingest import by_month, find_data
from pipelines.flights.prepare import PrepareParams, prepare
from trimtab.gates import check_data
from trimtab.params_file import load_yaml
from trimtab.pipeline.graph.project import Project
from trimtab.stages import write_windows

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
def gate(root, tmp_path, monkeypatch):
    """Hold months to a suite, in a project whose `ingest.until` lies after the last of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    pd.read_csv(find_data("0.0.3") / "planes.csv").to_parquet(tmp_path / "data/planes.parquet")

    def check(suite: str, months: Months, until: str = ""):
        write_windows(months, tmp_path / suite)
        until = until or f"{(pd.Period(max(months)) + 1).start_time:%Y-%m-%d}"
        (tmp_path / "params.yaml").write_text(f"ingest: {{until: '{until}'}}")
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


@pytest.mark.parametrize("number", [1, 3, *(pytest.param(n, marks=pytest.mark.slow) for n in (5, 8, 12))])
def test_real_months_pass_both(gate, raw, features, number):
    assert gate("raw", first(raw, number)).verdict == "pass"
    assert gate("features", first(features, number)).verdict == "pass"


@pytest.mark.slow
@pytest.mark.parametrize("column", ["arr_delay", "carrier", "hour"])
def test_one_month_of_nulls_is_stopped_even_at_the_end_of_a_year(gate, raw, column):
    report = gate("raw", spoil_last(first(raw, 12), lambda month: month.assign(**{column: None})))
    assert report.verdict == "fail"
    assert column in failed_on(report)
    assert any("raw/2013-12.parquet" in check.files for check in report.failures)


def test_a_run_in_the_middle_of_a_month_is_warned_but_not_stopped(gate, raw):
    begun = spoil_last(first(raw, 2), lambda month: month[month["day"] <= 10])
    assert failed_on(gate("raw", begun)) == {"time_hour"}, "the rest of the month has not come yet"
    report = gate("raw", begun, until="2013-02-11")
    assert (report.verdict, [check.name for check in report.failures]) == (
        "warn",
        ["expect_file_row_counts_to_be_near_previous"],
    )


def test_a_month_whose_weather_is_missing_is_stopped(gate, raw, features, weather):
    last = max(raw)
    blind = prepare(raw[last], weather[weather["month"] != 12], PrepareParams(late_minutes=15))
    assert "temp" in failed_on(gate("features", {**first(features, 2), last: blind}))


def test_planes_that_no_register_knows_are_warned_of(gate, raw):
    unknown = spoil_last(
        first(raw, 2), lambda month: month.assign(tailnum="N" + month["tailnum"].str[2:] + "Z")
    )
    report = gate("raw", unknown)
    assert report.verdict == "warn"
    assert [(check.name, list(check.files)) for check in report.failures] == [
        ("expect_column_values_to_be_in_other_table", ["raw/2013-02.parquet"])
    ]


@pytest.mark.parametrize("suite", ["raw", "features"])
def test_every_critical_expectation_says_why_and_what_to_do(root, suite):
    entries = load_yaml(Path(root, f"pipelines/flights/expectations/{suite}.yaml"))["expectations"]
    assert len(entries) <= 45
    assert all(len(entry["notes"]) > 60 for entry in entries if entry["severity"] == "critical")


@pytest.mark.parametrize("suite", ["raw", "features"])
def test_what_a_suite_reads_stands_in_its_stage(root, suite):
    (stage,) = [stage for stage in Project(root).graph().stages if stage.name == f"validate_{suite}"]
    content = load_yaml(root / f"pipelines/flights/expectations/{suite}.yaml")
    modules = {f"{module.replace('.', '/')}.py" for module in content.get("modules", [])}
    arguments = [entry.get("kwargs", {}) for entry in content["expectations"]]
    files = {given[key] for given in arguments for key in ("contract", "other_table") if key in given}
    params = {given["as_of"].partition(":")[2] for given in arguments if ":" in given.get("as_of", "")}

    assert modules | files <= {*stage.deps}
    assert params <= {*stage.params.get("params.yaml", ())}
