"""Rates between groups, and features that know too much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.model.leakage import rate_by_value

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


def test_leakage_check_passes_for_features_without_leakage(run_gate):
    (check,) = run_gate({"type": "leakage", "max_auc": 0.9}).checks

    assert check.passed
    assert check.parts[0].name == "delay"
    assert {part.name for part in check.parts} == {"delay", "wind", "noise", "origin"}


@pytest.mark.parametrize("kind", ["number", "text", "absence", "not monotone"])
def test_leakage_check_names_the_feature_that_contains_the_label(kind, run_gate, lab):
    def leak(table):
        late, noise = table["late"], np.random.default_rng(0).normal(size=len(table))
        return {
            "number": late + 0.1 * noise,
            "text": late.map({0: "on time", 1: "late"}),
            "absence": pd.Series(noise).where(late == 1),
            "not monotone": pd.Series(np.where(late == 1, noise / 9, 2 + noise / 9) * np.sign(noise + 1e-9)),
        }[kind]

    from sklearn.ensemble import HistGradientBoostingClassifier

    lab.train = lab.train.assign(arrived=leak(lab.train))
    test = lab.test.assign(arrived=leak(lab.test))
    if kind == "text":
        model, trusted = lab.fit(["wind"], ["arrived"]), []
    else:
        model = HistGradientBoostingClassifier(max_iter=3).fit(
            lab.train[["wind", "arrived"]], lab.train["late"]
        )
        trusted = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

    (check,) = run_gate(
        {"type": "leakage", "max_auc": 0.9}, model=model, test=test, trusted_types=trusted
    ).checks

    assert not check.passed
    assert "arrived alone: may have seen the outcome" in check.detail


def test_leakage_check_ignores_a_column_of_unique_values():
    labels = np.random.default_rng(0).random(1000) < 0.3
    names = pd.Series([f"row {number}" for number in range(1000)])

    assert len(np.unique(rate_by_value(names, labels))) == 2, "each half knows the other half's mean, no more"
