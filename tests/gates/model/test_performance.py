"""How good scores are: bounds by their intervals, slices, the baseline, the training table."""

from __future__ import annotations

import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

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
