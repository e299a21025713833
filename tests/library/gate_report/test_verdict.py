"""The verdict counts: what was declared and not seen to hold has failed."""

from __future__ import annotations

import pytest

from tests.library.gate_report.checks import HELD, broken
from trimtab.gate_report.verdict import verdict_of, worst


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


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [(["pass"], "pass"), (["warn", "pass"], "warn"), (["error", "fail", "warn"], "error")],
)
def test_worst_verdict_does_not_depend_on_the_order(verdicts, expected):
    assert worst(verdicts) == worst(reversed(verdicts)) == expected
