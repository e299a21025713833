"""Rates between groups."""

from __future__ import annotations

import pandas as pd
import pytest

ORIGIN = {"type": "fairness", "column": "origin", "threshold": 0.5}


def test_difference_and_ratio_are_those_of_the_rates(run_gate, lab):
    report = run_gate(
        {**ORIGIN, "rate": "selection", "max_difference": 0.9},
        {**ORIGIN, "rate": "selection", "min_ratio": 0.01},
        {**ORIGIN, "rate": "true_positive", "max_difference": 0.9},
        {**ORIGIN, "rate": "false_positive", "max_difference": 0.9, "groups": ["EWR", "LGA"]},
    )

    called = lab.fit(["delay", "wind", "noise"], ["origin"]).predict_proba(lab.test)[:, 1] >= 0.5
    late = lab.test["late"] == 1
    selection = pd.Series(called).groupby(lab.test["origin"]).mean()
    true = pd.Series(called)[late].groupby(lab.test["origin"]).mean()
    false = pd.Series(called)[~late].groupby(lab.test["origin"]).mean()
    assert [check.observed for check in report.checks] == pytest.approx(
        [
            selection.max() - selection.min(),
            selection.min() / selection.max(),
            true.max() - true.min(),
            abs(false["EWR"] - false["LGA"]),
        ],
        abs=1e-6,
    )
    assert [part.name for part in report.checks[3].parts] == ["origin=EWR", "origin=LGA"]


def test_unfair_model_fails_and_the_extremes_are_named(run_gate, lab):
    lab.train = lab.train.assign(late=lab.train["late"].mask(lab.train["origin"] == "JFK", 0))
    model = lab.fit(["delay", "wind"], ["origin"])

    (check,) = run_gate({**ORIGIN, "rate": "true_positive", "max_difference": 0.2}, model=model).checks

    assert not check.passed
    assert "above 0.2; origin=JFK 0" in check.detail


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"groups": ["EWR", "JKF"]}, "there is no group 'JKF'; did you mean 'JFK'?"),
        ({"min_rows": 5000}, "fewer than two groups have 5,000 rows"),
        ({"groups": ["EWR", "LGA"], "min_rows": 900}, "LGA has 4"),
        ({"column": "orign"}, "did you mean 'origin'"),
    ],
)
def test_groups_that_cannot_be_compared_fail(more, told, run_gate):
    (check,) = run_gate({**ORIGIN, "rate": "selection", "max_difference": 0.99, **more}).checks

    assert not check.passed
    assert told in check.detail


def test_group_for_which_a_rate_is_undefined_fails(run_gate, lab):
    never_late = lab.test.assign(late=lab.test["late"].mask(lab.test["origin"] == "LGA", 0))

    (check,) = run_gate({**ORIGIN, "rate": "true_positive", "max_difference": 0.99}, test=never_late).checks

    assert not check.passed


def test_numbered_groups_can_be_named(run_gate):
    (check,) = run_gate(
        {**ORIGIN, "column": "weekday", "groups": [0, 6], "rate": "selection", "max_difference": 0.3}
    ).checks

    assert check.passed
    assert [part.name for part in check.parts] == ["weekday=0", "weekday=6"]
