"""Features that know too much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.gates.model.conftest import Lab

BOUND = {
    "binary": {"max_auc": 0.9},
    "multiclass": {"max_auc": 0.93},
    "regression": {"max_r2": 0.9},
    "quantile": {"max_r2": 0.9},
}


def test_leakage_check_passes_for_features_without_leakage(any_lab):
    (check,) = any_lab.run_gate({"type": "leakage", **BOUND[any_lab.problem]}).checks

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


@pytest.mark.parametrize("problem", ["multiclass", "regression", "quantile"])
@pytest.mark.parametrize("kind", ["itself", "half of it", "as text", "not monotone"])
def test_leakage_check_names_the_feature_that_contains_the_label_of_any_problem(kind, problem, tmp_path):
    lab = Lab.of(problem, tmp_path)

    def leak(table):
        if problem == "multiclass":
            values, names = (
                table["kind"].map({"early": 0, "punctual": 1, "late": 2}),
                table["kind"].str.upper(),
            )
        else:
            values = table["minutes"] ** 3
            names = values.rank(pct=True).mul(30).round().astype(str)
        noise = np.random.default_rng(0).normal(size=len(table))
        return {
            "itself": values,
            "half of it": values / 2 + values.std() * noise / 20,
            "as text": names,
            "not monotone": (values - values.min() + 1) * np.sign(noise),
        }[kind]

    train, test = (table.assign(arrived=leak(table)) for table in (lab.train, lab.test))
    if problem != "multiclass":  # a heavy tail, which bins of equally many rows would hide
        train, test = (table.assign(minutes=table["minutes"] ** 3) for table in (train, test))
    lab.train = train
    model = lab.fit(["wind"], ["arrived"]) if kind == "as text" else lab.fit(["wind", "arrived"])

    (check,) = lab.run_gate(
        {"type": "leakage", "max_auc": 0.93}
        if problem == "multiclass"
        else {"type": "leakage", "max_r2": 0.6},
        model=model,
        test=test,
    ).checks

    assert not check.passed
    assert "arrived alone: may have seen the outcome" in check.detail
    assert check.parts[0].name == "arrived"


def test_resampled_rows_and_resampled_cells_give_the_same_figures(any_lab, monkeypatch):
    check = {"type": "leakage", **BOUND[any_lab.problem]}
    found = []
    for most in (0, 10_000):
        monkeypatch.setattr("trimtab.gates.model.leakage.MOST_CELLS", most)
        (result,) = any_lab.run_gate(check, resamples=400).checks
        found.append([(part.name, part.value, *part.interval) for part in result.parts])

    (rows, cells) = found
    assert [part[:2] for part in rows] == [part[:2] for part in cells]
    np.testing.assert_allclose([part[2:] for part in rows], [part[2:] for part in cells], atol=0.015)
