"""What a gate could not see to hold has failed, whatever the reason."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError
from trimtab.gates import check_data

ROWS = expect("table_row_count_to_be_between", min_value=1)


def command(tmp_path: Path, suite: Path) -> list[str | Path]:
    """`trimtab gate data`, with the interpreter of this test."""
    script = "from trimtab.cli.main import main; main()"
    return [
        *(sys.executable, "-c", script, "gate", "data", "--suite", suite),
        *("--data", tmp_path / "f.parquet", "--out", tmp_path / "out"),
    ]


@pytest.mark.parametrize("ended", ["kill", "terminate"])
def test_killed_gate_leaves_no_new_and_no_old_report(ended, suite_file, flights, tmp_path):
    flights.to_parquet(tmp_path / "f.parquet")
    assert check_data(suite=suite_file(ROWS), data=tmp_path / "f.parquet", out=tmp_path / "out").passed

    (tmp_path / "endless.py").write_text("import time\n\ntime.sleep(600)\n")
    suite = suite_file(ROWS, modules=["endless"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run = subprocess.Popen(command(tmp_path, suite), cwd=tmp_path, **quiet)
    until = time.monotonic() + 60
    while any((tmp_path / "out").iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    getattr(run, ended)()

    assert run.wait() != 0
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("suite", ["nowhere.yaml", "empty.yaml"])
def test_missing_suite_and_empty_suite_are_refused(suite, flights, tmp_path):
    flights.to_parquet(tmp_path / "f.parquet")
    (tmp_path / "empty.yaml").write_text("name: nothing\nexpectations: []\n")

    with pytest.raises(ConfigError):
        check_data(suite=tmp_path / suite, data=tmp_path / "f.parquet", out=tmp_path / "out")

    assert not list((tmp_path / "out").iterdir())


def test_suite_for_other_columns_fails_on_each(gate, flights):
    report = gate(
        flights,
        expect("column_values_to_not_be_null", column="petal_width"),
        expect("column_mean_to_be_between", column="petal_length", min_value=0),
        expect("rows_to_satisfy_condition", column_list=["petal_width", "hour"], condition="hour > 0"),
        expect("column_values_to_be_between", column="hour", min_value=0, row_condition="petal_width > 0",
               condition_parser="pandas"),
    )  # fmt: skip

    assert (report.verdict, report.failed) == ("fail", 4)


@pytest.mark.parametrize("data", ["nowhere", "f.csv"])
def test_empty_data_and_a_header_without_rows_fail(data, suite_file, tmp_path):
    (tmp_path / "f.csv").write_text("carrier\n")

    report = check_data(suite=suite_file(ROWS), data=tmp_path / data, out=tmp_path / "out")

    assert not report.passed
