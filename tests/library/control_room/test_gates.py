"""Failed checks of gates: new, or lasting for how many runs."""

from __future__ import annotations

from trimtab.control_room.gates import SHOWN, GateSummary, build_gate, summarize


def report(*failing: str, verdict: str = "fail") -> GateSummary:
    checks = [
        {"name": "expect_x", "column": column, "passed": column not in failing, "expected": {"max": 1}}
        for column in ("a", "b", *failing)
    ]
    return summarize({"verdict": verdict, "declared": len(checks), "failed": len(failing), "checks": checks})


PASSED = report(verdict="pass")


def test_trend_tells_a_new_failure_from_one_that_lasts():
    gate = build_gate("judge", [report("a", "b"), report("b"), report("b"), PASSED])
    assert [(each.check.column, each.trend) for each in gate.failures[:2]] == [
        ("a", "new failure"),
        ("b", "failing for 3 runs"),
    ]
    assert gate.history == ("pass", "fail", "fail", "fail")


def test_failure_in_the_only_report_is_not_called_new():
    assert build_gate("judge", [report("a")]).failures[0].trend == "failing in the only report"


def test_check_with_other_arguments_is_another_check():
    other = summarize(
        {"checks": [{"name": "expect_x", "column": "a", "passed": False, "expected": {"max": 2}}]}
    )
    assert build_gate("judge", [report("a"), other]).failures[0].is_new


def test_gate_without_a_report_has_no_verdict():
    assert build_gate("judge", []).verdict == ""


def test_many_failures_are_cut_and_counted():
    gate = build_gate("judge", [report(*map(str, range(3000)))])
    assert (len(gate.failures), gate.more) == (SHOWN, 3000 - SHOWN)


def test_report_without_a_verdict_is_an_error_and_a_check_without_a_result_has_failed():
    empty = summarize({"checks": [{"name": "x"}]})
    assert (empty.verdict, len(empty.failures)) == ("error", 1)


def test_result_is_the_text_the_rows_or_the_value():
    checks = [
        {"name": "x", "detail": "too old"},
        {"name": "y", "unexpected": 1200, "rows": 3000},
        {"name": "z", "observed": 0.5},
    ]
    found = [failure.result for failure in summarize({"checks": checks}).failures]
    assert found == ["too old", "1,200 of 3,000 rows unexpected", "found 0.5"]
