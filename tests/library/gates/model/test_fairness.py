"""Rates between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.gates.model.conftest import Lab

KINDS = np.array(["early", "late", "punctual"])  # in the order of a classifier
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


@pytest.mark.parametrize(
    ("problem", "metric", "more", "of_rows"),
    [
        ("binary", "accuracy", {"threshold": 0.5}, lambda y, p: y == (p[:, 1] >= 0.5)),
        ("multiclass", "accuracy", {}, lambda y, p: y == KINDS[p.argmax(axis=1)]),
        ("regression", "mae", {}, lambda y, p: np.abs(y - p)),
        ("regression", "bias", {}, lambda y, p: p - y),
    ],
)
def test_difference_of_a_metric_is_that_of_the_groups(problem, metric, more, of_rows, tmp_path):
    lab = Lab.of(problem, tmp_path)
    check = {"type": "fairness", "column": "origin", "metric": metric, **more}

    met, unmet = lab.run_gate({**check, "max_difference": 50}, {**check, "max_difference": 1e-4}).checks

    model = lab.fit(["delay", "wind", "noise"], ["origin"])
    predictions = getattr(model, "predict_proba", model.predict)(lab.test)
    groups = of_rows(lab.test[lab.label], predictions).groupby(lab.test["origin"]).mean()
    assert met.observed == pytest.approx(groups.max() - groups.min(), abs=1e-6)
    assert (met.name, met.passed, unmet.passed) == (f"fairness {metric}", True, False)
    assert {part.name: part.value for part in met.parts} == pytest.approx(
        {f"origin={name}": value for name, value in groups.items()}, abs=1e-6
    )


def test_ratio_of_a_metric_is_the_least_to_the_most_and_of_negative_figures_undefined(regression):
    check = {"type": "fairness", "column": "origin", "min_ratio": 0.5, "point": True}

    mae, bias = regression.run_gate({**check, "metric": "mae"}, {**check, "metric": "bias"}).checks

    values = [part.value for part in mae.parts]
    assert mae.passed
    assert mae.observed == pytest.approx(min(values) / max(values), abs=1e-5)
    assert min(part.value for part in bias.parts) < 0
    assert not bias.passed
    assert "it is undefined: a group has no figure, or the figures have no ratio" in bias.detail


def test_group_for_which_a_metric_is_undefined_fails(regression):
    equal = regression.test["minutes"].mask(regression.test["origin"] == "LGA", 30.0)

    (check,) = regression.run_gate(
        {"type": "fairness", "column": "origin", "metric": "r2", "max_difference": 100},
        test=regression.test.assign(minutes=equal),
    ).checks

    assert not check.passed
    assert check.observed is None
