"""What a model does with rows: stability, invariance, direction, cost."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import FunctionTransformer, scale
from sklearn.tree import DecisionTreeClassifier

from tests.library.gates.model.conftest import EXAMPLES, Lab
from trimtab.learning import PROBLEM_TYPES

NUMBERS = ["delay", "wind", "noise"]
TREE = "sklearn.tree._tree.Tree"
SCALE = "sklearn.preprocessing._data.scale"


@pytest.fixture
def blind(lab):
    """A model whose scores are nan."""
    model = LogisticRegression().fit(lab.train[NUMBERS], lab.train["late"])
    model.coef_[:] = np.nan
    return model


def test_stability_check_passes_for_a_deterministic_model(any_lab):
    (check,) = any_lab.run_gate({"type": "stability"}).checks

    assert check.passed
    assert check.rows == 2000


def test_stability_check_fails_for_a_model_that_reads_other_rows(any_lab):
    fit = EXAMPLES[any_lab.problem].fit
    together = fit(FunctionTransformer(scale), any_lab.train[NUMBERS], any_lab.train[any_lab.label])

    (check,) = any_lab.run_gate(
        {"type": "stability", "rows": 20}, model=together, trusted_types=[SCALE]
    ).checks

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


@pytest.mark.parametrize("factor", [1, 1e12])
def test_tolerance_is_relative_to_the_size_of_a_large_prediction(factor, regression):
    """Sums of another order differ by 1e-16 of a value, so by more than 1e-9 of a value of 1e13."""
    large = regression.train["minutes"] * factor
    model = LinearRegression().fit(regression.train[NUMBERS], large)
    test = regression.test.assign(minutes=regression.test["minutes"] * factor)
    checks = ({"type": "stability", "rows": 200}, {"type": "invariance", "column": "noise"})

    stable, changed = regression.run_gate(*checks, model=model, test=test).checks

    assert stable.passed
    assert not changed.passed


def test_change_within_the_tolerance_is_absolute_for_probabilities_and_relative_for_values(regression, lab):
    check = {"type": "direction", "column": "delay", "by": 1, "never": "raise"}  # it raises every score
    regressor = LinearRegression().fit(regression.train[["delay"]], 1e6 + regression.train["delay"])
    test = regression.test.assign(minutes=1e6 + regression.test["delay"])

    less, more = regression.run_gate(
        {**check, "tolerance": 0.9e-6}, {**check, "tolerance": 1.1e-6}, model=regressor, test=test
    ).checks
    (probability,) = lab.run_gate({**check, "tolerance": 1e-3}).checks

    assert (less.unexpected, more.unexpected) == (2000, 0)
    assert not probability.passed


@pytest.mark.parametrize("problem", ["multiclass", "regression"])
def test_prediction_that_is_invalid_fails_every_check_of_predictions(problem, tmp_path):
    lab = Lab.of(problem, tmp_path)
    model = lab.fit(["wind"])
    model[-1].coef_[:] = np.nan
    metric = PROBLEM_TYPES[problem].default_metric
    of_class = {"class_name": "late"} if problem == "multiclass" else {}

    report = lab.run_gate(
        {"type": "stability"},
        {"type": "score", "metric": metric, "max": 100, "point": True},
        {"type": "gain", "metric": metric, "above": -100},
        {"type": "gap", "metric": metric, "max": 100},
        {"type": "slices", "metric": metric, "by": ["origin"], "min_rows": 1, "max": 100},
        {"type": "direction", "column": "wind", "by": 1, "never": "raise", "max_share": 0.99, **of_class},
        {"type": "fairness", "column": "origin", "metric": metric, "max_difference": 100},
        model=model,
    )

    assert report.failed == report.declared == 7
    told = {"multiclass": "2,000 rows are no probabilities", "regression": "2,000 predictions are not finite"}
    assert all(told[problem] in check.detail for check in report.checks)


def test_direction_of_a_regression_is_that_of_its_prediction(regression):
    check = {"type": "direction", "column": "delay", "by": 1}

    fine, wrong = regression.run_gate({**check, "never": "lower"}, {**check, "never": "raise"}).checks

    assert (fine.passed, fine.unexpected) == (True, 0)
    assert (wrong.passed, wrong.unexpected) == (False, 2000)


@pytest.mark.parametrize(
    ("class_name", "never", "passed"),
    [("late", "lower", True), ("late", "raise", False), ("early", "raise", True), ("early", "lower", False)],
)
def test_direction_of_several_classes_is_that_of_the_class_named(class_name, never, passed, multiclass):
    check = {"type": "direction", "column": "delay", "by": 1, "never": never, "class_name": class_name}

    (found,) = multiclass.run_gate(check).checks

    assert found.passed is passed
    assert found.expected["class_name"] == class_name


def test_class_may_be_a_number_and_is_found_among_floats(multiclass):
    numbers = {"early": 0.0, "punctual": 1.0, "late": 2.0}
    multiclass.train = multiclass.train.assign(kind=multiclass.train["kind"].map(numbers))
    test = multiclass.test.assign(kind=multiclass.test["kind"].map(numbers))
    check = {"type": "direction", "column": "delay", "by": 1, "never": "lower", "class_name": 2}

    model = multiclass.fit([*NUMBERS])
    (found,) = multiclass.run_gate(check, model=model, baseline=model, test=test).checks

    assert found.passed


def test_direction_of_a_class_that_is_not_there_fails_with_the_nearest(multiclass):
    check = {"type": "direction", "column": "delay", "by": 1, "never": "lower", "class_name": "lates"}

    (found,) = multiclass.run_gate(check).checks

    assert not found.passed
    assert found.detail == "there is no class 'lates'; did you mean 'late'?"


def test_invariance_of_several_classes_counts_rows_not_probabilities(multiclass):
    read, unread = multiclass.run_gate(
        {"type": "invariance", "column": "wind"},
        {"type": "invariance", "column": "noise"},
        model=multiclass.fit(["delay", "wind"]),
    ).checks

    assert 1900 < read.unexpected <= read.rows == 2000
    assert unread.passed
