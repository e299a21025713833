"""The check of a report, built from a declared check and an estimate."""

from __future__ import annotations

from math import nan

import pytest

from trimtab.gates.model.check_result import estimate_check, make_check, make_part, unmet_bounds
from trimtab.gates.model.performance import ScoreCheck
from trimtab.learning import Estimate

DECLARED = ScoreCheck(type="score", metric="roc_auc", min=0.7, severity="warning", notes="Ask the team.")
FOUND = Estimate(0.72, 0.68, 0.76)


@pytest.mark.parametrize(
    ("bounds", "problems"),
    [
        ({"least": 0.6, "most": 0.8}, []),
        ({"least": 0.7}, ["not surely 0.7 or more"]),
        ({"least": 0.75}, ["below 0.75"]),
        ({"most": 0.75}, ["not surely 0.75 or less"]),
        ({"most": 0.7}, ["above 0.7"]),
        ({"least": 0.8, "most": 0.6}, ["below 0.8", "above 0.6"]),
        ({"least": 0.7, "most": 0.75, "point": True}, []),
    ],
)
def test_bound_is_met_by_the_whole_interval_unless_the_point_is_asked_for(bounds, problems):
    assert [*unmet_bounds(FOUND, **{"point": False, **bounds})] == problems


@pytest.mark.parametrize("point", [True, False])
def test_undefined_figure_meets_no_bound(point):
    (problem,) = unmet_bounds(Estimate(nan, nan, nan), point=point, least=-1.0)
    assert problem == "it is undefined: the rows hold one class only"


def test_figure_without_an_interval_meets_a_bound_only_if_the_point_is_asked_for():
    found = Estimate(0.9, nan, nan)
    (problem,) = unmet_bounds(found, point=False, least=0.5)
    assert "there are too few rows of the rarer class" in problem
    assert [*unmet_bounds(found, point=True, least=0.5)] == []


def test_check_expects_the_arguments_that_are_not_shown_elsewhere():
    check = make_check(DECLARED, "roc_auc", True)
    assert (check.expected, check.severity, check.notes) == ({"min": 0.7}, "warning", "Ask the team.")


def test_check_of_an_estimate_with_problems_fails_and_has_them_first():
    check = estimate_check(DECLARED, "roc_auc", FOUND, ["not surely 0.7 or more"], detail="300 rows")
    assert (check.passed, check.detail) == (False, "not surely 0.7 or more; 300 rows")
    assert (check.observed, check.interval) == (0.72, (0.68, 0.76))


def test_undefined_figure_is_shown_as_no_value():
    undefined = Estimate(nan, nan, nan)
    assert estimate_check(DECLARED, "roc_auc", undefined, ["it is undefined"]).observed is None
    part = make_part("origin=JFK", undefined, rows=3, passed=False)
    assert (part.name, part.value, part.interval, part.rows) == ("origin=JFK", None, None, 3)


def test_reason_of_an_undefined_figure_is_that_of_its_metric():
    told = unmet_bounds(Estimate(nan, nan, nan), point=True, least=0.1, undefined="the labels are equal")
    assert [*told] == ["it is undefined: the labels are equal"]

    told = unmet_bounds(Estimate(0.9, nan, nan), point=False, least=0.1, scarce="there are too few rows")
    assert [*told] == ["it has no interval: there are too few rows"]
