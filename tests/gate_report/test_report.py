"""The verdict counts: what was declared and not seen to hold has failed."""

from __future__ import annotations

import json

import pytest

from trimtab.errors import GateError
from trimtab.gate_report.check import Check
from trimtab.gate_report.report import GateReport
from trimtab.gate_report.report_files import write_report, write_report_on_crash
from trimtab.gate_report.verdict import verdict_of

HELD = Check("held", passed=True)


def broken(severity) -> Check:
    return Check("broken", passed=False, severity=severity)


@pytest.mark.parametrize(
    ("declared", "checks", "verdict"),
    [
        (2, [HELD, HELD], "pass"),
        (2, [HELD, broken("info")], "pass"),
        (3, [HELD, broken("info"), broken("warning")], "warn"),
        (3, [broken("critical"), broken("info"), broken("warning")], "fail"),
        (3, [HELD, HELD], "error"),
        (1, [], "error"),
        (0, [], "error"),
        (1, [HELD, HELD], "error"),
    ],
)
def test_verdict_of_checks(declared, checks, verdict):
    assert verdict_of(checks, declared=declared) == verdict


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


@pytest.mark.parametrize(
    ("rows", "share"), [(24, "50.00%"), (240_000, "0.01%"), (300_000, "less than 0.01%")]
)
def test_a_few_rows_of_many_are_not_shown_as_none(rows, share):
    assert f"({share})" in Check("between", passed=False, unexpected=12, rows=rows).result_text()
