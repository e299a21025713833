"""How good scores are: bounds by their intervals, slices, the baseline, the training table."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    r2_score,
    recall_score,
    roc_auc_score,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.library.gates.model.conftest import Lab
from tests.library.quantile_models import LEVELS
from trimtab.errors import ConfigError
from trimtab.learning import PROBLEM_TYPES

KINDS = np.array(["early", "late", "punctual"])  # in the order of a classifier
TREE = "sklearn.tree._tree.Tree"


def test_good_model_passes_and_reports_its_interval(run_gate, lab):
    report = run_gate(
        {"type": "score", "metric": "roc_auc", "min": 0.75},
        {"type": "score", "metric": "calibration_slope", "min": 0.7, "max": 1.3},
        {"type": "score", "metric": "recall", "threshold": 0.5, "min": 0.4},
        {"type": "gain", "metric": "roc_auc", "above": 0.1},
        {"type": "gain", "metric": "brier"},
        {"type": "gap", "metric": "roc_auc", "max": 0.1},
        {
            "type": "slices",
            "metric": "roc_auc",
            "by": ["origin", ["origin", "weekday"]],
            "min_rows": 30,
            "min": 0.5,
        },
    )

    auc, *_, slices = report.checks
    model = lab.fit(["delay", "wind", "noise"], ["origin"])
    whole = roc_auc_score(lab.test["late"], model.predict_proba(lab.test)[:, 1])
    assert (report.verdict, report.evaluated, report.rows) == ("pass", 7, 2000)
    assert auc.observed == pytest.approx(whole, abs=1e-6)
    assert auc.interval[0] < auc.observed < auc.interval[1]
    assert len(slices.parts) == 3 + 21
    assert sum(part.rows for part in slices.parts) == 2 * 2000
    assert slices.observed == slices.parts[0].value


@pytest.mark.parametrize("side", ["min", "max"])
def test_bound_inside_the_interval_is_not_met_unless_the_point_is_asked_for(side, run_gate):
    (found,) = run_gate({"type": "score", "metric": "roc_auc", "min": 0}).checks
    bound = (found.observed + found.interval[0 if side == "min" else 1]) / 2
    check = {"type": "score", "metric": "roc_auc", side: round(bound, 6)}

    report = run_gate(check, {**check, "point": True})

    assert [line.passed for line in report.checks] == [False, True]
    assert "not surely" in report.checks[0].detail


def test_broken_bound_is_told_with_its_interval(run_gate):
    summary = run_gate(
        {"type": "score", "metric": "roc_auc", "min": 0.95, "notes": "Ask the team."}
    ).summary()

    assert "critical: score roc_auc" in summary
    assert "below 0.95" in summary
    assert " to 0." in summary
    assert "Ask the team." in summary


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss"])
def test_model_that_is_its_own_baseline_is_no_better(metric, run_gate, lab):
    report = run_gate(
        {"type": "gain", "metric": metric},
        {"type": "gain", "metric": metric, "point": True},
        model=lab.fit(["wind"]),
    )

    assert report.failed == 2
    assert report.checks[0].observed == 0
    assert "no more than 0" in report.checks[0].detail


def test_model_no_worse_than_a_margin_passes_where_the_margin_is_declared(run_gate, lab):
    assert run_gate({"type": "gain", "metric": "roc_auc", "above": -0.01}, model=lab.fit(["wind"])).passed


def test_worse_model_fails_by_a_loss_as_well(run_gate, lab):
    report = run_gate({"type": "gain", "metric": "brier"}, model=lab.fit(["noise"]))

    assert not report.passed
    assert report.checks[0].observed < 0


def test_overfitted_model_shows_in_the_gap(run_gate, lab):
    tree = DecisionTreeClassifier(random_state=0).fit(
        lab.train[["delay", "wind", "noise"]], lab.train["late"]
    )

    report = run_gate({"type": "gap", "metric": "roc_auc", "max": 0.1}, model=tree, trusted_types=[TREE])

    assert not report.passed
    assert "training 1, test 0." in report.checks[0].detail


def test_slice_in_which_the_model_fails_is_named_though_the_whole_is_good(run_gate, lab):
    broken = lab.test["origin"] == "LGA"
    spoilt = lab.test.assign(late=lab.test["late"].mask(broken, 1 - lab.test["late"]))

    whole, slices = run_gate(
        {"type": "score", "metric": "roc_auc", "min": 0.6},
        {"type": "slices", "metric": "roc_auc", "by": ["origin"], "min_rows": 100, "min": 0.6},
        test=spoilt,
    ).checks

    assert whole.passed
    assert not slices.passed
    assert "1 of 3 slices failed: origin=LGA below 0.6" in slices.detail
    assert [part.passed for part in slices.parts] == [False, True, True]


def test_slices_with_few_rows_are_counted_but_not_checked(run_gate):
    check = {"type": "slices", "metric": "roc_auc", "by": ["origin"], "min": 0.6}
    some, none = run_gate({**check, "min_rows": 500}, {**check, "min_rows": 5000}).checks

    assert some.passed
    assert "1 of 3 slices have fewer than 500 rows" in some.detail
    assert not none.passed
    assert none.detail == "nothing to check: 3 of 3 slices have fewer than 5,000 rows"


def test_slice_of_one_class_fails_a_rank_metric_and_is_judged_by_others(run_gate, lab):
    all_late = lab.test.assign(late=lab.test["late"].mask(lab.test["origin"] == "LGA", 1))
    check = {"type": "slices", "by": ["origin"], "min_rows": 100}

    rank, brier = run_gate(
        {**check, "metric": "roc_auc", "min": 0.1}, {**check, "metric": "brier", "max": 0.9}, test=all_late
    ).checks

    assert not rank.passed
    assert "origin=LGA it is undefined: the rows hold one class only" in rank.detail
    assert rank.observed is None
    assert brier.passed


def test_slice_with_too_few_rows_of_one_class_fails(run_gate, lab):
    rows = lab.test["origin"] == "LGA"
    first = lab.test.index[rows & (lab.test["late"] == 1)][0]
    one_late = lab.test.assign(late=lab.test["late"].mask(rows & (lab.test.index != first), 0))

    (check,) = run_gate(
        {"type": "slices", "metric": "roc_auc", "by": ["origin"], "min_rows": 100, "min": 0.1}, test=one_late
    ).checks

    assert not check.passed
    assert "too few rows of the rarer class" in check.detail


def test_column_to_slice_by_that_is_not_there_fails_with_the_nearest(run_gate):
    (check,) = run_gate(
        {"type": "slices", "metric": "roc_auc", "by": ["orign"], "min_rows": 1, "min": 0}
    ).checks

    assert not check.passed
    assert check.detail == "there is no column 'orign'; did you mean 'origin'?"


FEATURES = ["origin", "delay", "wind", "noise"]


def pinball(labels, quantiles):
    levels = zip(quantiles.T, LEVELS, strict=True)
    return np.mean([mean_pinball_loss(labels, column, alpha=level) for column, level in levels])


def covered(labels, quantiles):
    return (quantiles[:, 0] <= labels) & (labels <= quantiles[:, -1])


@pytest.mark.parametrize(
    ("problem", "metric", "bound", "theirs"),
    [
        ("regression", "mae", {"max": 4}, lambda y, p: mean_absolute_error(y, p)),
        ("regression", "r2", {"min": 0.8}, lambda y, p: r2_score(y, p)),
        ("regression", "bias", {"min": -1, "max": 1}, lambda y, p: (p - y).mean()),
        ("quantile", "mean_pinball_loss", {"max": 2}, lambda y, p: pinball(y, p)),
        ("quantile", "interval_coverage", {"min": 0.8, "max": 0.95}, lambda y, p: covered(y, p).mean()),
        ("quantile", "mae", {"max": 4}, lambda y, p: mean_absolute_error(y, p[:, 1])),
        ("multiclass", "log_loss", {"max": 0.6}, lambda y, p: log_loss(y, p)),
        ("multiclass", "accuracy", {"min": 0.7}, lambda y, p: accuracy_score(y, KINDS[p.argmax(axis=1)])),
        ("multiclass", "roc_auc_ovr", {"min": 0.8}, lambda y, p: roc_auc_score(y, p, multi_class="ovr")),
    ],
)
def test_figure_of_the_test_table_is_scikit_learns(problem, metric, bound, theirs, tmp_path):
    lab = Lab.of(problem, tmp_path)

    (found,) = lab.run_gate({"type": "score", "metric": metric, **bound}).checks

    model = lab.fit(["delay", "wind", "noise"], ["origin"])
    predictions = getattr(model, "predict_proba", model.predict)(lab.test[FEATURES])
    assert found.passed
    assert found.observed == pytest.approx(theirs(lab.test[lab.label], predictions), abs=1e-6)
    assert found.interval[0] < found.observed < found.interval[1]


def test_accuracy_in_slices_by_the_label_is_the_recall_of_each_class(multiclass):
    check = {"type": "slices", "metric": "accuracy", "by": ["kind"], "min_rows": 50}

    met, unmet = multiclass.run_gate({**check, "min": 0.3}, {**check, "min": 0.99}).checks

    called = multiclass.fit(["delay", "wind", "noise"], ["origin"]).predict(multiclass.test[FEATURES])
    recall = recall_score(multiclass.test["kind"], called, average=None)
    found = {part.name: part.value for part in met.parts}
    assert [found[f"kind={name}"] for name in KINDS] == pytest.approx(recall, abs=1e-6)
    assert met.passed
    assert all(part.interval[0] < part.value < part.interval[1] for part in met.parts)
    assert not unmet.passed


def test_good_model_passes_gain_gap_and_slices_in_its_default_metric(any_lab):
    metric = PROBLEM_TYPES[any_lab.problem].metrics[PROBLEM_TYPES[any_lab.problem].default_metric]
    bound = {"min": 0.5} if metric.greater_is_better else {"max": 10}
    slices = {"by": ["origin", ["origin", "weekday"]], "min_rows": 30, **bound}

    gain, gap, parts = any_lab.run_gate(
        {"type": "gain", "metric": metric.name, "above": 0.05},
        {"type": "gap", "metric": metric.name, "max": 0.5},
        {"type": "slices", "metric": metric.name, **slices},
    ).checks

    assert [gain.passed, gap.passed, parts.passed] == [True] * 3
    assert len(parts.parts) == 3 + 21
    worst = min if metric.greater_is_better else max
    assert parts.observed == parts.parts[0].value
    assert worst(part.value for part in parts.parts) == pytest.approx(parts.observed, rel=0.05)


def test_model_that_is_its_own_baseline_gains_nothing_in_the_default_metric(any_lab):
    metric = PROBLEM_TYPES[any_lab.problem].default_metric

    (check,) = any_lab.run_gate({"type": "gain", "metric": metric}, model=any_lab.fit(["wind"])).checks

    assert not check.passed
    assert check.observed == 0
    assert "no more than 0" in check.detail


def test_worse_model_fails_the_gain_in_the_default_metric(any_lab):
    metric = PROBLEM_TYPES[any_lab.problem].default_metric

    (check,) = any_lab.run_gate({"type": "gain", "metric": metric}, model=any_lab.fit(["noise"])).checks

    assert not check.passed
    assert check.observed < 0


def test_gain_of_a_regression_that_one_row_decides_is_not_sure(regression):
    """A third of the resamples lack the row, and the percentiles of the others are all above 0."""
    first = regression.test.index == 0
    test = regression.test.assign(
        delay=regression.test["delay"].mask(first, 1e5), minutes=regression.test["minutes"].mask(first, 1.2e6)
    )

    usual, decided = (
        regression.run_gate({"type": "gain", "metric": "mae"}, test=table).checks[0]
        for table in (regression.test, test)
    )

    assert usual.passed
    assert not decided.passed
    assert decided.observed > usual.observed
    assert decided.interval[0] < 0


def test_overfitted_regression_shows_in_the_gap(regression):
    numbers = ["delay", "wind", "noise"]
    tree = DecisionTreeRegressor(random_state=0).fit(regression.train[numbers], regression.train["minutes"])

    (check,) = regression.run_gate(
        {"type": "gap", "metric": "mae", "max": 1}, model=tree, trusted_types=[TREE]
    ).checks

    assert not check.passed
    assert "training 0, test " in check.detail


def test_slice_in_which_a_regression_fails_is_named_though_the_whole_is_good(regression):
    minutes = regression.test["minutes"]
    spoilt = regression.test.assign(minutes=minutes.mask(regression.test["origin"] == "LGA", minutes + 9))

    whole, slices = regression.run_gate(
        {"type": "score", "metric": "mae", "max": 6},
        {"type": "slices", "metric": "mae", "by": ["origin"], "min_rows": 100, "max": 6},
        test=spoilt,
    ).checks

    assert whole.passed
    assert "1 of 3 slices failed: origin=LGA above 6" in slices.detail


def test_slice_of_equal_labels_fails_r2_with_the_reason_and_is_judged_by_others(regression):
    equal = regression.test["minutes"].mask(regression.test["origin"] == "LGA", 30.0)
    check = {"type": "slices", "by": ["origin"], "min_rows": 100}

    r2, mae = regression.run_gate(
        {**check, "metric": "r2", "min": -100},
        {**check, "metric": "mae", "max": 100},
        test=regression.test.assign(minutes=equal),
    ).checks

    assert not r2.passed
    assert "origin=LGA it is undefined: the labels of the rows are equal" in r2.detail
    assert mae.passed


def test_slice_with_one_other_label_has_no_interval_of_r2(regression):
    rows = regression.test["origin"] == "LGA"
    first = regression.test.index[rows][0]
    equal = regression.test["minutes"].mask(rows & (regression.test.index != first), 30.0)

    (check,) = regression.run_gate(
        {"type": "slices", "metric": "r2", "by": ["origin"], "min_rows": 100, "min": -1e6},
        test=regression.test.assign(minutes=equal),
    ).checks

    assert not check.passed
    assert "it has no interval: there are too few rows with different labels" in check.detail


def test_slice_of_one_class_fails_a_rank_metric_of_several_classes_and_is_judged_by_others(multiclass):
    one = multiclass.test["kind"].mask(multiclass.test["origin"] == "LGA", "late")
    check = {"type": "slices", "by": ["origin"], "min_rows": 100}

    rank, loss = multiclass.run_gate(
        {**check, "metric": "roc_auc_ovr", "min": 0.1},
        {**check, "metric": "log_loss", "max": 100},
        test=multiclass.test.assign(kind=one),
    ).checks

    assert "origin=LGA it is undefined: the rows hold one class only" in rank.detail
    assert loss.passed


OWN = """
import numpy as np
from trimtab.learning import metric

@metric(greater_is_better=False, unit="EUR")
def cost(y_true, y_pred, sample_weight):
    middle = y_pred.reshape(len(y_pred), -1).mean(axis=1)  # of quantiles, or the one prediction
    classes = y_pred.ndim == 2 and y_true.dtype.kind == "i"
    wrong = y_pred.argmax(axis=1) != y_true if classes else np.abs(middle - y_true)
    return 3 * np.average(wrong, weights=sample_weight)

@metric(greater_is_better=False)
def careless(y_true, y_pred, sample_weight):
    return 1 - cost(y_true, y_pred, np.ones(len(y_true)))
"""


@pytest.fixture
def own(tmp_path):
    """The name of a module of the project with metrics for any problem type."""
    name = f"own_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(OWN)
    before = sys.path[:]
    yield name
    sys.path[:] = before
    sys.modules.pop(name, None)


def test_metric_of_the_project_is_measured_for_any_problem_type(any_lab, own):
    metric = f"{own}:cost"
    score, gain, fair = any_lab.run_gate(
        {"type": "score", "metric": metric, "max": 100},
        {"type": "gain", "metric": metric},
        {"type": "fairness", "metric": metric, "column": "origin", "max_difference": 100},
    ).checks

    assert (score.name, gain.name, fair.name) == ("score cost", "gain cost", "fairness cost")
    assert score.interval[0] < score.observed < score.interval[1]
    assert [score.passed, gain.passed, fair.passed] == [True] * 3


def test_metric_of_the_project_that_ignores_the_weights_gives_no_verdict(any_lab, own):
    check = {"type": "score", "metric": f"{own}:careless", "max": 100}
    try:
        told = any_lab.run_gate(check).problem  # classes are known once the model is loaded
    except ConfigError as err:
        told = str(err)
    assert "does not take the weights as counts of rows" in told
