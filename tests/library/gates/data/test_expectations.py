"""The library's own expectations: files, periods, other tables, contracts, conditions. And a project's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError
from trimtab.gates import GateReport, check_data

TIMES = {"2013-01": "2013-01-01", "2013-02": "2013-02-01", "2013-03": "2013-03-01"}


def month(start: str, rows: int = 20) -> pd.DataFrame:
    """A row a day, from ``start`` on."""
    times = pd.date_range(start, periods=rows).strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.DataFrame(
        {"time": times, "id": range(rows), "hour": range(rows), "clock": [h * 100 for h in range(rows)]}
    )


@pytest.fixture
def months() -> dict[str, pd.DataFrame]:
    return {name: month(start) for name, start in TIMES.items()}


@pytest.fixture
def folder_gate(tmp_path, suite_file, monkeypatch) -> Callable[..., GateReport]:
    """Check a folder of files, given by their names; the working directory is the project's root."""
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, pd.DataFrame], *expectations: dict, **suite: object) -> GateReport:
        for name, table in files.items():
            Path("data").mkdir(exist_ok=True)
            table.to_parquet(f"data/{name}.parquet", index=False)
        return check_data(suite=suite_file(*expectations, **suite), data=Path("data"), out=tmp_path / "out")

    return run


@pytest.mark.parametrize(("rows", "passed"), [(20, True), (11, True), (9, False), (41, False)])
def test_volume_is_compared_with_the_files_before(rows, passed, folder_gate, months):
    months["2013-03"] = month("2013-03-01", rows)

    report = folder_gate(months, expect("file_row_counts_to_be_near_previous", min_ratio=0.5, max_ratio=2))

    assert report.passed is passed
    assert passed or report.checks[0].observed == {"data/2013-03.parquet": rows / 20}


def test_period_of_file_expectation_fails_for_times_outside_of_the_period(folder_gate, months):
    months["2013-02"].loc[3, "time"] = "2031-02-04T00:00:00Z"
    months["2013-03"].loc[4, "time"] = "no time"

    report = folder_gate(months, expect("column_values_to_be_in_period_of_file", column="time"))

    (check,) = report.failures
    assert check.files == {"data/2013-02.parquet": 1, "data/2013-03.parquet": 1}
    assert [(sample["file"], sample["row"]) for sample in check.samples] == [
        ("data/2013-02.parquet", 3),
        ("data/2013-03.parquet", 4),
    ]


def test_period_of_file_expectation_accepts_times_within_its_tolerance(folder_gate, months):
    months["2013-02"].loc[0, "time"] = "2013-01-31T20:00:00Z"
    kind = "column_values_to_be_in_period_of_file"

    assert folder_gate(months, expect(kind, column="time", tolerance_hours=5)).passed
    assert not folder_gate(months, expect(kind, column="time", tolerance_hours=3)).passed


@pytest.mark.parametrize(
    ("as_of", "days", "passed"),
    [
        (None, 12, True),  # the newest is of 20 March, the file of March
        (None, 11, False),
        ("2013-03-22", 2, True),
        ("2013-03-22", 1.9, False),
        ("params.yaml:ingest.until", 2, True),
        ("params.yaml:ingest.until", 1.9, False),
    ],
)
def test_freshness_is_measured_from_what_is_stated_never_from_the_clock(
    as_of, days, passed, folder_gate, months
):
    Path("params.yaml").write_text("ingest: {until: 2013-03-22}\n")

    report = folder_gate(
        months, expect("column_max_to_be_fresh", column="time", max_age_days=days, as_of=as_of)
    )

    assert report.passed is passed, report.summary()


def test_gap_expectation_fails_when_a_day_is_missing(folder_gate):
    whole, kind = month("2013-01-01"), expect("column_gaps_to_be_less_than", column="time", max_hours=24)

    assert folder_gate({"2013-01": whole}, kind).passed
    report = folder_gate({"2013-01": whole.drop(index=7)}, kind)

    assert report.checks[0].observed == {"longest_hours": 48, "after": "2013-01-07T00:00:00+00:00"}


CONTRACT = {"time": "string", "id": "int64", "hour": ["int64", "double"], "clock": "int64"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table, ""),
        (lambda table: table[["id", "time", "clock", "hour"]], ""),
        (lambda table: table.assign(hour=1.5), ""),
        (lambda table: table.assign(id=1.5), "of another type: id is double, not int64"),
        (lambda table: table.assign(id=None), "of another type: id is null, not int64"),
        (lambda table: table.drop(columns="id"), "missing: id"),
        (lambda table: table.assign(more=1), "unexpected: more"),
    ],
)
@pytest.mark.parametrize("where", ["suite", "file"])
def test_contract_fails_if_columns_or_types_differ(where, change, told, folder_gate):
    Path("contract.yaml").write_text(f"columns: {CONTRACT}")
    given = {"columns": CONTRACT} if where == "suite" else {"contract": "contract.yaml"}

    report = folder_gate(
        {"2013-01": change(month("2013-01-01"))}, expect("table_columns_to_match_contract", **given)
    )

    assert report.passed is not told
    assert report.checks[0].detail == told


def test_contract_of_each_file_finds_the_one_whose_type_differs(folder_gate, months):
    months["2013-02"] = months["2013-02"].astype({"id": float})

    report = folder_gate(
        months, expect("table_columns_to_match_contract", columns=CONTRACT) | {"each_file": True}
    )

    assert list(report.failures[0].files) == ["data/2013-02.parquet"]


def test_values_are_looked_up_in_another_table(folder_gate, months):
    pd.DataFrame({"number": range(18)}).to_parquet("known.parquet")
    known = {"column": "id", "other_table": "known.parquet", "other_column": "number"}

    report = folder_gate(months, expect("column_values_to_be_in_other_table", **known))

    assert (report.checks[0].unexpected, report.checks[0].examples) == (6, (18, 19))
    assert folder_gate(months, expect("column_values_to_be_in_other_table", mostly=0.9, **known)).passed


def test_key_that_was_ingested_before_fails(folder_gate, months):
    month("2013-03-20").to_parquet("archive.parquet")
    keys = expect(
        "compound_columns_to_not_be_in_other_table", column_list=["time", "id"], other_table="archive.parquet"
    )

    assert folder_gate(months, keys).passed
    months["2013-03"].loc[19, "id"] = 0
    report = folder_gate(months, keys)

    assert report.checks[0].samples[0]["values"]["time"] == "2013-03-20T00:00:00Z"
    assert report.checks[0].unexpected == 1


def test_missing_other_table_fails_the_expectation(folder_gate, months):
    report = folder_gate(
        months,
        expect(
            "column_values_to_be_in_other_table", column="id", other_table="nowhere.parquet", other_column="x"
        ),
    )

    assert "There is no such file or folder\n  where: nowhere.parquet" in report.checks[0].detail
    assert report.verdict == "fail"


def test_condition_holds_in_every_row_but_those_with_nulls(folder_gate, months):
    months["2013-01"].loc[5, "clock"] = 17
    months["2013-02"].loc[6, "clock"] = None
    condition = expect(
        "rows_to_satisfy_condition", column_list=["hour", "clock"], condition="hour == clock // 100"
    )

    report = folder_gate(months, condition)

    (check,) = report.failures
    assert (check.unexpected, check.rows, check.files) == (1, 60, {"data/2013-01.parquet": 1})


def test_condition_on_nulls_only_has_checked_nothing(folder_gate, months):
    condition = expect(
        "rows_to_satisfy_condition", column_list=["hour", "clock"], condition="hour == clock // 100"
    )

    report = folder_gate({name: table.assign(clock=None) for name, table in months.items()}, condition)

    assert not report.passed


@pytest.mark.parametrize("condition", ["hour + clock", "hour == nowhere", "hour =="])
def test_condition_without_a_boolean_result_fails(condition, folder_gate, months):
    report = folder_gate(
        months, expect("rows_to_satisfy_condition", column_list=["hour", "clock"], condition=condition)
    )

    assert "could not be evaluated" in report.checks[0].detail
    assert not report.passed


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda table: table, 0),
        (lambda table: table.assign(hour=table["hour"].where(table["id"] > 2)), 0),  # nulls are left out
        (lambda table: table.assign(hour=table["hour"] + 3), 2),
    ],
)
def test_condition_on_values_counts_the_values_that_break_it(change, wrong, folder_gate):
    report = folder_gate(
        {"2013-01": change(month("2013-01-01"))},
        expect("column_values_to_satisfy_condition", column="hour", condition="value < 21"),
    )

    assert (report.passed, report.checks[0].unexpected or 0) == (not wrong, wrong)


@pytest.mark.parametrize("condition", ["value + 1", "hour > 1", "value >"])
def test_condition_on_values_without_a_boolean_result_fails(condition, folder_gate, months):
    report = folder_gate(
        months, expect("column_values_to_satisfy_condition", column="hour", condition=condition)
    )

    assert "could not be evaluated" in report.checks[0].detail
    assert not report.passed


TOGETHER = expect("column_pair_association_to_be_between", column_A="hour", column_B="clock", min_value=0.9)
GOES_ON = expect("column_steps_to_be_small", column_list=["id", "clock"], max_value=0.1)
POSITIVE = expect("column_values_to_satisfy_condition", column="clock", condition="value >= 0")


@pytest.mark.parametrize("kind", [TOGETHER, GOES_ON], ids=["association", "steps"])
def test_relation_expectation_fails_when_a_column_is_shuffled(kind, folder_gate):
    whole = month("2013-01-01", 100)
    shuffled = whole.assign(clock=whole["clock"].sample(frac=1, random_state=0).to_numpy())

    assert folder_gate({"2013-01": whole}, kind).passed
    report = folder_gate({"2013-01": shuffled}, kind)

    assert report.verdict == "fail"
    assert isinstance(report.checks[0].observed, float)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(clock=pd.Series([None] * len(table), dtype="float64")),
        lambda table: table.drop(columns="clock"),
        lambda table: table.head(0),
    ],
    ids=["null", "missing", "empty"],
)
@pytest.mark.parametrize("kind", [TOGETHER, GOES_ON, POSITIVE], ids=["association", "steps", "condition"])
def test_expectation_on_a_column_without_values_fails(kind, change, folder_gate):
    assert not folder_gate({"2013-01": change(month("2013-01-01"))}, kind).passed


@pytest.mark.parametrize(
    "change", [lambda table: table.assign(clock=7), lambda table: table.head(1)], ids=["constant", "one row"]
)
@pytest.mark.parametrize("kind", [TOGETHER, GOES_ON], ids=["association", "steps"])
def test_relation_that_cannot_be_computed_fails(kind, change, folder_gate):
    report = folder_gate({"2013-01": change(month("2013-01-01"))}, kind)

    assert not report.passed
    assert report.checks[0].observed is None


def test_association_of_two_categorical_columns_is_cramers_v(folder_gate):
    frame = pd.DataFrame({"one": ["a", "a", "b", "b"] * 10, "other": ["x", "x", "y", "y"] * 10})
    together = expect(
        "column_pair_association_to_be_between", column_A="one", column_B="other", min_value=0.99
    )

    assert folder_gate({"2013-01": frame}, together).passed
    exchanged = frame.assign(other=["x", "y"] * 20)
    assert folder_gate({"2013-01": exchanged}, together).checks[0].observed == 0


def test_steps_expectation_measures_steps_within_each_group(folder_gate):
    frame = pd.DataFrame(
        {"at": [*range(50)] * 2, "place": ["a"] * 50 + ["b"] * 50, "level": [*range(50), *range(1000, 1050)]}
    )
    whole = {"column_list": ["at", "level"], "max_value": 0.1}
    grouped = {"column_list": ["place", "at", "level"], "group": "place", "max_value": 0.1}

    assert folder_gate({"2013-01": frame}, expect("column_steps_to_be_small", **grouped)).passed
    assert not folder_gate({"2013-01": frame}, expect("column_steps_to_be_small", **whole)).passed


@pytest.mark.parametrize("group", ["level", "nowhere"])
def test_group_that_is_not_among_the_columns_of_the_order_is_refused(group, folder_gate, months):
    with pytest.raises(ConfigError, match="group must be one of column_list"):
        folder_gate(
            months,
            expect("column_steps_to_be_small", column_list=["id", "level"], group=group, max_value=1),
        )


@pytest.mark.parametrize(
    ("condition", "parser"), [("hour > 10 and id < 15", "pandas"), ('col("hour") > 10', "great_expectations")]
)
def test_row_conditions_choose_the_rows(condition, parser, folder_gate, months):
    report = folder_gate(
        months,
        expect(
            "column_values_to_be_between",
            column="clock",
            max_value=1300,
            row_condition=condition,
            condition_parser=parser,
        ),
    )

    assert report.checks[0].rows == (12 if parser == "pandas" else 27)
    assert report.checks[0].examples[0] == 1400


def test_row_condition_that_no_row_meets_has_checked_nothing(folder_gate, months):
    report = folder_gate(
        months,
        expect(
            "column_values_to_be_between",
            column="clock",
            min_value=0,
            row_condition="hour > 99",
            condition_parser="pandas",
        ),
    )

    assert report.checks[0].detail == "no row met its condition, so nothing was checked"
    assert not report.passed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"row_condition": "hour > 3"}, "condition_parser: pandas"),
        ({"row_condition": "hour ???", "condition_parser": "great_expectations"}, "unable to parse"),
        ({"row_condition": "hour > 3", "condition_parser": "pandsa"}, "condition_parser"),
        ({"row_conditon": "hour > 3"}, "did you mean 'row_condition'?"),
        ({"table_files": {"a": 1}}, "has no argument 'table_files'"),
    ],
)
def test_conditions_and_arguments_that_nothing_reads_are_refused(arguments, told, folder_gate, months):
    wrong = expect("column_values_to_be_in_period_of_file", column="time", **arguments)

    with pytest.raises(ConfigError) as refused:
        folder_gate(months, wrong)

    assert told in str(refused.value)


def test_each_file_expectation_is_evaluated_on_every_file_separately(folder_gate, months):
    months["2013-03"]["id"] = 40
    mean = expect("column_mean_to_be_between", column="id", min_value=0, max_value=20)

    assert folder_gate(months, mean).passed, "together they hide the one"
    report = folder_gate(months, mean | {"each_file": True})

    (check,) = report.failures
    assert (check.files, check.observed) == ({"data/2013-03.parquet": None}, {"data/2013-03.parquet": 40})
    assert "in 1 of 3 files" in check.result_text()
    assert report.declared == report.evaluated == 1


OWN = """
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.execution_engine import PandasExecutionEngine

class Even(ColumnMapMetricProvider):
    condition_metric_name = "own.even"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, **kwargs):
        return column % 2 == 0

class ExpectColumnValuesToBeEven(ColumnMapExpectation):
    map_metric = "own.even"
"""


def test_custom_expectation_of_a_project_is_evaluated(folder_gate, months, monkeypatch):
    Path("own_expectations.py").write_text(OWN)
    monkeypatch.syspath_prepend(".")
    even = expect("column_values_to_be_even", column="id")

    report = folder_gate(months, even, modules=["own_expectations"])

    assert (report.verdict, report.checks[0].unexpected) == ("fail", 30)


def test_module_that_cannot_be_imported_is_refused(folder_gate, months):
    with pytest.raises(ConfigError, match=r"module 'nowhere' cannot be imported[\s\S]*modules"):
        folder_gate(months, expect("column_to_exist", column="id"), modules=["nowhere"])
