"""What a model does with rows: stability, invariance, direction, cost."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, scale
from sklearn.tree import DecisionTreeClassifier

NUMBERS = ["delay", "wind", "noise"]
TREE = "sklearn.tree._tree.Tree"
SCALE = "sklearn.preprocessing._data.scale"


@pytest.fixture
def blind(lab):
    """A model whose scores are nan."""
    model = LogisticRegression().fit(lab.train[NUMBERS], lab.train["late"])
    model.coef_[:] = np.nan
    return model


def test_stability_check_passes_for_a_deterministic_model(run_gate):
    (check,) = run_gate({"type": "stability"}).checks

    assert check.passed
    assert check.rows == 2000


def test_stability_check_fails_for_a_model_that_reads_other_rows(run_gate, lab):
    together = make_pipeline(FunctionTransformer(scale), LogisticRegression())
    together.fit(lab.train[NUMBERS], lab.train["late"])

    (check,) = run_gate({"type": "stability", "rows": 20}, model=together, trusted_types=[SCALE]).checks

    assert not check.passed
    assert check.detail == "20 rows score differently alone, not among others"


def test_score_that_is_no_probability_fails_every_check_of_scores(run_gate, blind, written):
    rate = {"type": "fairness", "column": "origin", "threshold": 0.5, "rate": "selection", "min_ratio": 0.1}
    report = run_gate(
        {"type": "stability"},
        {"type": "score", "metric": "roc_auc", "min": 0, "point": True},
        {"type": "gain", "metric": "roc_auc", "above": -1},
        {"type": "gap", "metric": "roc_auc", "max": 1},
        {"type": "slices", "metric": "brier", "by": ["origin"], "min_rows": 1, "max": 1},
        {"type": "direction", "column": "wind", "by": 1, "never": "raise", "max_share": 0.99},
        {"type": "invariance", "column": "noise"},
        rate,
        model=blind,
    )

    assert report.failed == report.declared == 8
    assert report.verdict == written(report)["verdict"] == "fail"
    assert all(
        "2,000 of 2,000 scores are no probabilities" in c.detail
        for c in report.checks
        if c.name != "invariance"
    )


def test_column_that_matters_is_not_invariant_and_one_that_does_not_is(run_gate, lab):
    without_noise = lab.fit(["delay", "wind"], ["origin"])

    read, unread, absent = run_gate(
        {"type": "invariance", "column": "wind"},
        {"type": "invariance", "column": "noise"},
        {"type": "invariance", "column": "nois"},
        model=without_noise,
    ).checks

    assert not read.passed
    assert read.unexpected > 1900
    assert unread.passed
    assert unread.detail == "the model does not read it"
    assert not absent.passed
    assert "did you mean 'noise'" in absent.detail


def test_column_the_model_reads_and_ignores_is_invariant(run_gate, lab):
    model = LogisticRegression().fit(lab.train[NUMBERS], lab.train["late"])
    model.coef_[0, 2] = 0

    (check,) = run_gate({"type": "invariance", "column": "noise"}, model=model).checks

    assert check.passed
    assert (check.unexpected, check.rows) == (0, 2000)


@pytest.mark.parametrize(
    ("by", "never", "passed"),
    [(1, "lower", True), (1, "raise", False), (-1, "raise", True), (-0.5, "lower", False)],
)
def test_direction_is_that_of_the_model(by, never, passed, run_gate):
    (check,) = run_gate({"type": "direction", "column": "delay", "by": by, "never": never}).checks

    assert check.passed is passed
    assert check.unexpected == (0 if passed else 2000)


def test_share_of_rows_may_go_the_wrong_way_if_surely_below_the_bound(run_gate, lab):
    tree = DecisionTreeClassifier(max_depth=8, random_state=0).fit(lab.train[NUMBERS], lab.train["late"])
    check = {"type": "direction", "column": "delay", "by": 0.3, "never": "lower"}
    (found,) = run_gate(check, model=tree, trusted_types=[TREE]).checks
    assert 0 < found.observed < 0.9

    met, unsure, point = run_gate(
        {**check, "max_share": round(found.interval[1] + 0.01, 4)},
        {**check, "max_share": found.observed},
        {**check, "max_share": found.observed, "point": True},
        model=tree,
        trusted_types=[TREE],
    ).checks

    assert (met.passed, unsure.passed, point.passed) == (True, False, True)


@pytest.mark.parametrize(
    ("column", "told"),
    [("dely", "did you mean 'delay'"), ("origin", "not numbers"), ("weekday", "the model does not read it")],
)
def test_direction_that_cannot_be_tested_fails(column, told, run_gate):
    (check,) = run_gate({"type": "direction", "column": column, "by": 1, "never": "lower"}).checks

    assert not check.passed
    assert told in check.detail
