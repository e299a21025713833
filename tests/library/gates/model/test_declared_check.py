"""The fields that declared checks share."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trimtab.gates.model.declared_check import DeclaredCheck
from trimtab.gates.model.performance import GainCheck, ScoreCheck
from trimtab.learning import BINARY, PROBLEM_TYPES


def test_check_is_critical_unless_declared_otherwise():
    assert DeclaredCheck(type="size").severity == "critical"
    assert DeclaredCheck(type="size", severity="info").severity == "info"


@pytest.mark.parametrize(
    "metric", [name for name, metric in BINARY.metrics.items() if metric.needs_threshold]
)
def test_metric_at_a_threshold_needs_one(metric):
    assert GainCheck(type="gain", metric=metric, threshold=0.5).threshold == 0.5
    with pytest.raises(ValidationError, match=f"{metric} needs a threshold"):
        GainCheck(type="gain", metric=metric)


def test_metric_of_ranks_has_no_threshold():
    with pytest.raises(ValidationError, match="roc_auc has no threshold"):
        GainCheck(type="gain", metric="roc_auc", threshold=0.5)


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({}, "a check needs min or max"),
        ({"min": 0.8, "max": 0.7}, "min is above max: nothing can pass"),
        ({"min": float("nan")}, "finite number"),
        ({"max": float("inf")}, "finite number"),
    ],
)
def test_bounds_that_nothing_can_be_checked_against_are_refused(bounds, reason):
    with pytest.raises(ValidationError, match=reason):
        ScoreCheck(type="score", metric="roc_auc", **bounds)


def test_equal_bounds_are_accepted():
    check = ScoreCheck(type="score", metric="roc_auc", min=0.7, max=0.7)
    assert (check.min, check.max) == (0.7, 0.7)


@pytest.mark.parametrize(
    "metric", [name for name, metric in BINARY.metrics.items() if metric.greater_is_better is None]
)
def test_metric_that_is_best_in_the_middle_cannot_be_compared(metric):
    with pytest.raises(ValidationError, match="neither higher nor lower is better"):
        GainCheck(type="gain", metric=metric)


def test_unknown_field_and_severity_are_refused():
    for wrong in ({"severty": "info"}, {"severity": "grave"}):
        with pytest.raises(ValidationError):
            DeclaredCheck(type="size", **wrong)


def test_metric_of_a_check_is_one_of_the_problem_type_of_its_gate():
    context = {"problem_type": PROBLEM_TYPES["regression"]}

    check = ScoreCheck.model_validate({"type": "score", "metric": "mae", "max": 5}, context=context)

    assert check.metric_names() == ("mae",)
    with pytest.raises(ValidationError, match="no such metric for binary"):
        ScoreCheck(type="score", metric="mae", max=5)
