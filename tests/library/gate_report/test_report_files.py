"""The contract of report.json: what is written can be read, and what is read is checked."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_type_hints

import pytest

from trimtab.errors import GateError
from trimtab.gate_report import (
    SCHEMA,
    Check,
    CheckContent,
    CheckPart,
    GateReport,
    Quarantine,
    ReportContent,
    is_gate_report,
    parse_report,
    write_report,
)

CHECK = Check(
    "expect_column_values_to_be_between",
    passed=False,
    severity="warning",
    column="dep_time",
    expected={"min_value": 0, "max_value": 2400.0},
    observed=[1, "two", None],
    unexpected=2,
    rows=10,
    examples=(9999, "9998"),
    detail="two rows",
    notes="Ask the supplier.",
    tags=("times",),
    files={"raw/2013-01.parquet": 2, "raw/2013-02.parquet": None},
    samples=({"file": "raw/2013-01.parquet", "row": 3, "values": {"dep_time": 9999}},),
    plot="<svg/>",
    interval=(0.1, 0.2),
    parts=(CheckPart("carrier=UA", 0.5, (0.4, 0.6), 7, passed=False), CheckPart("carrier=AA", None)),
)


@pytest.fixture
def report(tmp_path) -> GateReport:
    return GateReport(
        gate="data",
        name="flights",
        verdict="warn",
        declared=2,
        out=tmp_path,
        checks=(CHECK, Check("held", passed=True)),
        rows=10,
        problem="Two rows.",
        quarantine=Quarantine(rows=2, passed=8, max_share=0.25),
    )


def test_report_with_every_field_is_read_as_it_was_written(report):
    write_report(report)
    text = (report.out / "report.json").read_text()

    assert parse_report(text) == json.loads(text)
    assert is_gate_report(text)


def test_contract_names_every_field_of_a_check_and_of_a_report(report):
    write_report(report)
    written = json.loads((report.out / "report.json").read_text())

    assert {*written} == {*get_type_hints(ReportContent)}
    assert {*get_type_hints(CheckContent)} == {field.name for field in fields(Check)} - {"plot"}
    assert {*written["checks"][0]} == {*get_type_hints(CheckContent)}


def test_report_of_a_later_minor_version_is_read_without_its_new_keys(report):
    write_report(replace(report, checks=()))
    content = json.loads((report.out / "report.json").read_text())
    later = {**content, "cost": 3, "checks": [{"name": "auc", "passed": True, "cost": 3}]}

    assert parse_report(json.dumps(later)) == {**content, "checks": [{"name": "auc", "passed": True}]}


def test_report_with_few_keys_is_read(tmp_path):
    assert parse_report(b'{"schema": "trimtab.gate-report/1", "verdict": "fail"}').get("verdict") == "fail"
    assert parse_report("{}") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff",
        "[" * 100_000,
        '{"verdict": 1}',
        '{"evaluated": "3"}',
        '{"evaluated": true}',
        '{"checks": {}}',
        '{"checks": ["auc"]}',
        '{"checks": [{"rows": "many"}]}',
    ],
)
def test_report_that_is_not_json_or_has_a_value_of_another_type_is_refused(text):
    with pytest.raises(GateError, match="The gate report cannot be read"):
        parse_report(text)
    assert not is_gate_report(text)


def test_report_of_another_schema_is_no_gate_report():
    assert is_gate_report(json.dumps({"schema": SCHEMA}))
    assert not is_gate_report('{"schema": "theirs"}')
    assert not is_gate_report("{}")
