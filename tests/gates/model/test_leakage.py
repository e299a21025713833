"""Features that know too much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.model.leakage import rate_by_value


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
