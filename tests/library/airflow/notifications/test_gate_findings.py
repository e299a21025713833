"""The findings of a gate's report."""

from __future__ import annotations

from trimtab.airflow.notifications.gate_findings import gate_findings

CHECK = {
    "name": "expect_column_values_to_be_between",
    "passed": False,
    "severity": "critical",
    "column": "dep_time",
    "expected": {"min_value": 0, "max_value": 2400, "value_set": ["JFK", "LGA"]},
    "observed": None,
    "unexpected": 1200,
    "rows": 30_000,
    "examples": [9999, "a traveller's name"],
    "detail": "",
    "notes": "Clock times.\nAsk the supplier.",
}


def report(*checks, **more):
    return {"verdict": "fail", "declared": 20, "failed": len(checks), "checks": list(checks), **more}


def test_findings_have_bounds_counts_and_notes_of_a_failed_check():
    assert gate_findings(report(CHECK)).splitlines() == [
        "1 of 20 checks failed",
        "critical: expect_column_values_to_be_between of dep_time (min_value 0, max_value 2400); "
        "1,200 of 30,000 rows",
        "  Clock times. Ask the supplier.",
    ]


def test_findings_hold_no_row_of_the_data():
    found = gate_findings(report({**CHECK, "observed": ["a traveller's name"]}))
    assert "traveller" not in found
    assert "9999" not in found


def test_findings_have_failed_checks_only_the_most_severe_first():
    found = gate_findings(
        report(
            {**CHECK, "severity": "info"}, {**CHECK, "passed": True, "name": "holds"}, {**CHECK, "rows": 0}
        )
    )
    assert "holds" not in found
    assert found.index("critical: ") < found.index("info: ")


def test_findings_show_ten_failed_checks_and_count_the_rest():
    found = gate_findings(report(*[{**CHECK, "notes": "x" * 10_000}] * 25))
    assert found.count("critical: ") == 10
    assert found.endswith("and 15 more, in the report")
    assert len(found) < 5000


def test_findings_have_the_problem_of_a_gate_that_checked_nothing():
    assert "The table is empty" in gate_findings(report(problem="The table is empty\n  where: data/raw"))


def test_findings_of_no_report_are_empty():
    assert gate_findings({}) == ""
