"""No value of a sensitive column is in anything a gate writes, prints or raises: counts only."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import GateError
from trimtab.gates import GateReport, check_data

PLANTED = ("SECRET", "748392615")


@pytest.fixture
def people() -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "name": [f"SECRET{number}" for number in range(40)],
            "salary": [748392615 + number for number in range(40)],
            "age": range(40),
        }
    )
    return table.assign(name=table["name"].where(table["age"] != 3, None))


SHOWING = [
    expect("column_values_to_match_regex", column="name", regex="^X"),
    expect("column_values_to_not_be_null", column="name"),
    expect("column_values_to_be_in_set", column="name", value_set=["X"]),
    expect("column_values_to_be_between", column="name", min_value=3),
    expect("column_values_to_be_between", column="salary", max_value=3),
    expect("column_values_to_be_of_type", column="salary", type_="str"),
    expect("column_min_to_be_between", column="salary", max_value=3),
    expect("column_max_to_be_between", column="salary", max_value=3),
    expect("column_mean_to_be_between", column="salary", max_value=3) | {"each_file": True},
    expect("column_distinct_values_to_be_in_set", column="name", value_set=["X"]),
    expect("column_most_common_value_to_be_in_set", column="name", value_set=["X"]),
    expect("column_pair_values_a_to_be_greater_than_b", column_A="age", column_B="salary"),
    expect("column_pair_values_to_be_equal", column_A="age", column_B="name"),
    expect(
        "compound_columns_to_be_unique",
        column_list=["name", "age"],
        row_condition="age > 99",
        condition_parser="pandas",
    ),
    expect("rows_to_satisfy_condition", column_list=["salary", "age"], condition="salary < age"),
    expect("rows_to_satisfy_condition", column_list=["name", "age"], condition="name < age"),
    expect(
        "column_values_to_be_between",
        column="age",
        max_value=3,
        row_condition="salary > 3",
        condition_parser="pandas",
    ),
    expect(
        "column_quantile_values_to_be_between",
        column="salary",
        quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 3]]},
    ),
    expect("column_values_to_be_between", column="age", max_value=3),
    expect("column_value_z_scores_to_be_less_than", column="salary", threshold=0.1, double_sided=True),
]


def planted_in(text: str) -> list[str]:
    return [value for value in PLANTED if value in text]


def written_by(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def gate(tmp_path, suite_file, people) -> Callable[..., GateReport]:
    (tmp_path / "data").mkdir()
    for name in ("a", "b"):
        people.to_parquet(tmp_path / "data" / f"{name}.parquet", index=False)

    def run(*expectations: dict, sensitive: tuple[str, ...] = ("name", "salary")) -> GateReport:
        suite = suite_file(*expectations, sensitive=list(sensitive))
        return check_data(suite=suite, data=tmp_path / "data", out=tmp_path / "out")

    return run


def test_values_are_shown_without_sensitive_columns(gate, tmp_path):
    gate(*SHOWING, sensitive=())

    assert planted_in(written_by(tmp_path / "out")) == list(PLANTED), "or the other tests cannot fail"


def test_report_page_and_summary_show_counts_only(gate, tmp_path, caplog, capfd):
    report = gate(*SHOWING)

    assert report.declared == report.evaluated
    assert planted_in(written_by(tmp_path / "out")) == []
    assert planted_in(report.summary() + caplog.text + "".join(capfd.readouterr())) == []
    assert report.checks[0].unexpected == 78
    assert report.checks[18].samples[0]["values"] == {"age": 4, "name": "•••", "salary": "•••"}
    assert report.checks[18].plot
    assert not any(check.plot or check.samples or check.examples for check in report.checks[:18])


def test_quarantine_reasons_show_no_sensitive_value(gate, suite_file, tmp_path):
    suite = suite_file(
        expect("column_values_to_not_be_null", column="name"),
        sensitive=["name", "salary"], on_failure="quarantine", max_quarantined=0.5,
    )  # fmt: skip
    places = {"quarantine": tmp_path / "quarantine", "passed": tmp_path / "passed"}

    report = check_data(suite=suite, data=tmp_path / "data", out=tmp_path / "out", **places)

    assert report.quarantine is not None
    assert planted_in(written_by(tmp_path / "out") + report.summary()) == []
    reasons = pd.read_parquet(tmp_path / "quarantine" / "rows.parquet")["_reasons"]
    assert [list(one) for one in reasons] == [["expect_column_values_to_not_be_null of name"]] * 2


CRASHING = """
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.core import ExpectationValidationResult

class ExpectToCrash(BatchExpectation):
    metric_dependencies = ("table.head",)
    domain_keys = ("batch_id",)

    def _validate(self, metrics, *args, **kwargs):
        print(end="")
        return {"success": True, "result": {"observed_value": Crash()}}

class Crash:
    def tolist(self):
        raise RuntimeError("no good: SECRET1")

    def __deepcopy__(self, memo):
        return self
"""


def test_crash_report_hides_the_message_when_columns_are_sensitive(gate, suite_file, tmp_path, monkeypatch):
    (tmp_path / "crashing.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(tmp_path)
    suite = suite_file(expect("to_crash"), sensitive=["name", "salary"], modules=["crashing"])

    with pytest.raises(GateError, match="RuntimeError") as raised:
        check_data(suite=suite, data=tmp_path / "data", out=tmp_path / "out")

    told = "".join(traceback.format_exception(raised.value))
    assert planted_in(told + written_by(tmp_path / "out")) == []
    assert "withheld" in told


def test_command_prints_no_sensitive_value(gate, suite_file, tmp_path):
    suite = suite_file(*SHOWING, sensitive=["name", "salary"])
    command = ["gate", "data", "--suite", suite, "--data", tmp_path / "data", "--out", tmp_path / "out"]
    script = "import sys, logging; logging.basicConfig(level=0); from trimtab.cli.main import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", script, *command], env=dict(os.environ), capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "values are hidden" in done.stdout
    assert planted_in(done.stdout + done.stderr) == []


def test_sensitive_column_that_is_not_there_fails(gate, tmp_path):
    report = gate(expect("column_to_exist", column="age"), sensitive=("nam",))

    assert report.verdict == "fail"
    assert "'nam'; did you mean 'name'?" in report.problem
