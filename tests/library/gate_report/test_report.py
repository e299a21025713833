"""The report of a gate, in memory and as a file."""

from __future__ import annotations

import json

import pytest

from tests.library.gate_report.checks import HELD, broken
from trimtab.errors import GateError
from trimtab.gate_report.report import GateReport
from trimtab.gate_report.report_files import write_report, write_report_on_crash


def test_what_was_not_evaluated_counts_as_failed(tmp_path):
    report = GateReport("data", "flights", "error", declared=5, checks=(HELD, broken("info")), out=tmp_path)

    assert (report.declared, report.evaluated, report.failed) == (5, 2, 4)


@pytest.mark.parametrize(
    ("verdict", "passed"), [("pass", True), ("warn", True), ("fail", False), ("error", False)]
)
def test_only_pass_and_warn_let_the_pipeline_go_on(verdict, passed, tmp_path):
    assert GateReport("model", "m", verdict, declared=1, out=tmp_path).passed is passed


def test_crash_of_any_kind_is_reported_and_raised(tmp_path):
    blank = GateReport("data", "flights", "pass", declared=1, out=tmp_path)

    with pytest.raises(GateError, match="MemoryError"), write_report_on_crash(blank):
        raise MemoryError

    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "error"


def test_report_has_the_documented_shape(tmp_path):
    write_report(GateReport("data", "flights", "pass", declared=1, checks=(HELD,), rows=3, out=tmp_path))

    content = json.loads((tmp_path / "report.json").read_text())

    assert content["schema"] == "trimtab.gate-report/1"
    assert [*content] == [
        *("schema", "gate", "name", "verdict", "declared", "evaluated", "failed", "rows", "problem"),
        *("quarantine", "checks"),
    ]
    assert [*content["checks"][0]] == [
        *("name", "passed", "severity", "column", "expected", "observed"),
        *("unexpected", "rows", "examples", "detail", "notes", "tags", "files", "samples"),
        *("interval", "parts"),
    ]
