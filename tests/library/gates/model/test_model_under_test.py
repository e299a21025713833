"""The model and the tables that a gate cannot measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from tests.library.gates.model.conftest import NUMBERS, SCORE, Lab
from tests.library.quantile_models import fit_quantiles
from trimtab.gates.model.model_under_test import load_model_under_test, missing_columns
from trimtab.learning import BINARY, PROBLEM_TYPES, Bootstrap


def late(table, value):
    return table.assign(late=value)


@pytest.mark.parametrize(
    ("spoil", "verdict", "told"),
    [
        (lambda table: table.head(0), "fail", "no rows"),
        (lambda table: late(table, 0), "fail", "'late' is 0 in all 2,000 rows"),
        (
            lambda table: late(table, np.where(table.index == 5, np.nan, table["late"])),
            "fail",
            "'late' is null in 1 of 2,000 rows",
        ),
        (lambda table: late(table, table["late"] * 2), "fail", "neither 0 nor 1"),
        (lambda table: late(table, table["late"].astype(str)), "fail", "neither 0 nor 1"),
        (lambda table: table.drop(columns="late"), "fail", "there is no column 'late'"),
        (lambda table: table.drop(columns="wind"), "fail", "there is no column 'wind'"),
        (lambda table: table.rename(columns={"wind": "Wind"}), "fail", "did you mean 'Wind'"),
    ],
)
def test_test_table_that_cannot_be_measured_gives_a_report(spoil, verdict, told, run_gate, lab, written):
    report = run_gate(SCORE, test=spoil(lab.test))

    assert report.verdict == written(report)["verdict"] == verdict
    assert told in report.problem
    assert (report.evaluated, report.failed) == (0, 1)
    assert told.split("'")[0] in (report.out / "report.html").read_text()


def test_labels_may_be_booleans(run_gate, lab):
    assert run_gate(SCORE, test=late(lab.test, lab.test["late"] == 1)).passed


@pytest.mark.parametrize(
    ("problem", "kind", "told"),
    [
        ("binary", LinearRegression, "a LinearRegression, does not solve a binary problem: it gives no prob"),
        ("binary", LogisticRegression, "it has 3 classes, not two"),
        ("multiclass", LinearRegression, "it gives no probabilities"),
        ("multiclass", SVC, "a SVC, does not solve a multiclass problem: it gives no probabilities"),
        ("regression", LogisticRegression, "does not solve a regression problem: it is a classifier"),
        ("regression", StandardScaler, "it has no method predict"),
        ("quantile", LinearRegression, "does not solve a quantile problem: it does not say which quantiles"),
    ],
)
def test_estimator_that_does_not_solve_such_a_problem_fails(problem, kind, told, tmp_path, written):
    lab = Lab.of(problem, tmp_path)
    estimator = kind().fit(lab.train[NUMBERS], lab.train["weekday"] % 3)

    report = lab.run_gate({"type": "stability"}, model=estimator)

    assert report.verdict == written(report)["verdict"] == "fail"
    assert told in report.problem
    assert PROBLEM_TYPES[problem].estimator in report.problem


def test_baseline_that_does_not_solve_such_a_problem_fails(regression):
    classes = regression.train["weekday"]
    baseline = LogisticRegression().fit(regression.train[NUMBERS], classes)

    report = regression.run_gate({"type": "gain", "metric": "mae"}, baseline=baseline)

    assert report.verdict == "fail"
    assert "it is a classifier\n  where: baseline.skops" in report.problem


def test_baseline_of_other_quantiles_fails(quantile):
    baseline = fit_quantiles(StandardScaler(), quantile.train[NUMBERS], quantile.train["minutes"], (0.1, 0.9))

    report = quantile.run_gate({"type": "gain", "metric": "mean_pinball_loss"}, baseline=baseline)

    assert report.verdict == "fail"
    assert "predicts the quantiles 0.1, 0.9, not 0.05, 0.5, 0.95\n  where: baseline.skops" in report.problem


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (lambda label: label.mask(label.index == 5), "is null in 1 of 2,000 rows"),
        (lambda label: label.where(label < 1e9, np.inf).mask(label.index < 2, np.inf), "is not finite in 2"),
        (lambda label: label.map("{:.1f}".format), "has the type str, not numbers"),
        (lambda label: label > 20, "has the type bool, not numbers"),
        (lambda label: pd.to_timedelta(label, unit="min"), "not numbers"),
        (lambda label: 0 * label + 7.5, "is 7.5 in all 2,000 rows: nothing can be measured"),
    ],
    ids=["null", "infinite", "text", "boolean", "duration", "constant"],
)
def test_label_that_is_no_number_fails_a_regression_in_a_sentence(values, told, regression, written):
    test = regression.test.assign(minutes=values(regression.test["minutes"]))

    report = regression.run_gate({"type": "stability"}, test=test)

    assert report.verdict == written(report)["verdict"] == "fail"
    assert f"'minutes' {told}" in report.problem or told in report.problem


@pytest.mark.parametrize("dtype", ["int64", "float32", "Int64", "category"])
def test_whole_numbers_of_any_type_are_labels_of_a_regression(dtype, regression):
    test = regression.test.assign(minutes=regression.test["minutes"].round().astype("int64").astype(dtype))
    check = {"type": "score", "metric": "mae", "max": 100, "point": True}

    (found,) = regression.run_gate(check, test=test).checks

    predicted = regression.fit([*NUMBERS], ["origin"]).predict(test)
    assert found.observed == pytest.approx(np.abs(predicted - test["minutes"].astype(float)).mean(), abs=1e-6)


WHOLE = {"early": 0, "punctual": 1, "late": 2}


@pytest.mark.parametrize(
    ("classes", "read"),
    [
        (WHOLE, "int64"),
        (WHOLE, "float64"),
        (WHOLE, "float32"),
        (WHOLE, "category"),
        ({"early": "0", "punctual": "1", "late": "2"}, "category"),
        ({"early": True, "punctual": False, "late": True}, "bool"),
    ],
)
def test_classes_are_the_same_whatever_type_the_test_table_has(classes, read, multiclass):
    multiclass.train = multiclass.train.assign(kind=multiclass.train["kind"].map(classes))
    kind = multiclass.test["kind"].map(classes)
    model = multiclass.fit(["delay", "wind"])
    check = {"type": "score", "metric": "accuracy", "min": 0.1}

    (found,) = multiclass.run_gate(
        check, model=model, baseline=model, test=multiclass.test.assign(kind=kind.astype(read))
    ).checks

    assert found.passed
    assert found.observed == pytest.approx((model.predict(multiclass.test) == kind).mean(), abs=1e-6)


def test_class_that_no_model_has_seen_has_the_probability_0_and_is_counted(multiclass):
    rare = multiclass.test["kind"].mask(multiclass.test.index < 100, "diverted")
    test = multiclass.test.assign(kind=rare)

    accuracy, loss = multiclass.run_gate(
        {"type": "score", "metric": "accuracy", "min": 0},
        {"type": "score", "metric": "log_loss", "max": 100},
        test=test,
    ).checks

    model = multiclass.fit([*NUMBERS], ["origin"])
    assert accuracy.observed == pytest.approx((model.predict(test) == test["kind"]).mean(), abs=1e-6)
    assert loss.observed > 0.05 * 36  # 5 % of the rows at the smallest probability there is


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (lambda test: test["kind"].str.upper(), "'kind' has none of the classes of the model: early, late"),
        (lambda test: test["delay"], "'kind' has 2,000 distinct values"),
        (lambda test: "late", "'kind' is late in all 2,000 rows: nothing can be measured"),
        (lambda test: test["kind"].mask(test.index < 3), "'kind' is null in 3 of 2,000 rows"),
    ],
    ids=["other names", "numbers", "constant", "null"],
)
def test_label_that_is_no_class_of_the_model_fails_in_a_sentence(kind, told, multiclass, written):
    test = multiclass.test.assign(kind=kind(multiclass.test))

    report = multiclass.run_gate({"type": "stability"}, test=test)

    assert report.verdict == written(report)["verdict"] == "fail"
    assert told in report.problem


def test_model_that_predicts_two_numbers_for_a_row_fails_every_check_of_a_regression(regression):
    both = regression.train[["minutes", "weekday"]]
    model = LinearRegression().fit(regression.train[NUMBERS], both)

    report = regression.run_gate(
        {"type": "stability"}, {"type": "score", "metric": "mae", "max": 100}, model=model
    )

    assert [check.detail for check in report.checks] == [
        "the model predicts 2 numbers for a row, not one"
    ] * 2


def test_model_that_reads_the_label_fails(run_gate, lab):
    report = run_gate(SCORE, model=lab.fit(["delay", "late"]))

    assert report.verdict == "fail"
    assert "reads the label" in report.problem


def test_model_fitted_without_names_reads_every_column_but_the_label(run_gate, lab):
    numbers = lab.test[[*NUMBERS, "late"]]
    model = LogisticRegression().fit(lab.train[NUMBERS].to_numpy(), lab.train["late"])

    with pytest.warns(UserWarning, match="fitted without feature names"):
        report = run_gate(SCORE, model=model, test=numbers)

    assert report.passed


def test_training_table_is_sampled_to_the_rows_of_the_test_table(run_gate, lab):
    run_gate(SCORE, test=lab.test.head(500))
    found = load_model_under_test(
        problem_type=BINARY,
        model=lab.folder / "model.skops",
        test=lab.folder / "test.parquet",
        label="late",
        baseline=lab.folder / "baseline.skops",
        train=lab.folder / "train.parquet",
        trusted_types=[],
        metrics=BINARY.metrics,
        bootstrap=Bootstrap(resamples=10, confidence=0.95, seed=1),
    )
    assert len(found.train.rows) == len(found.test.rows) == 500
    assert len(found.baseline) == len(found.test.scores)
    assert set(found.model.features) == {"delay", "wind", "noise", "origin"}


def test_missing_columns_are_named_once_with_the_nearest():
    table = pd.DataFrame({"wind": [1], "delay": [2]})
    told = missing_columns(["wnid", "delay", "wnid"], table)
    assert told == "there is no column 'wnid'; did you mean 'wind'?"
    assert missing_columns(["wind"], table) == ""


MAIN = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "mae",
    "quantile": "mean_pinball_loss",
}
GAPS = {problem: {"type": "gap", "metric": metric, "max": 99} for problem, metric in MAIN.items()}
COPIES = 5


def copied(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table that has each row five times, which says no more than the table itself."""
    rows = table.assign(account=[f"a{row}" for row in range(len(table))])
    return pd.concat([rows] * COPIES, ignore_index=True)


def widths(report) -> list[float]:
    return [check.interval[1] - check.interval[0] for check in report.checks]


def test_interval_of_copied_rows_is_that_of_the_rows_if_their_group_is_declared(any_lab):
    checks = [{"type": "score", "metric": MAIN[any_lab.problem], "max": 99}, GAPS[any_lab.problem]]
    single, train = any_lab.test.head(400), any_lab.train.head(400)
    any_lab.train = copied(train)

    once = widths(any_lab.run_gate(*checks, test=copied(single), group="account"))
    free = widths(any_lab.run_gate(*checks, test=copied(single)))
    any_lab.train = train
    truth = widths(any_lab.run_gate(*checks, test=single))

    assert once == pytest.approx(truth, rel=0.3)
    assert free == pytest.approx(np.array(truth) / COPIES**0.5, rel=0.3)


def test_page_says_what_a_resample_draws(run_gate, lab):
    lab.train = lab.train.assign(row=range(len(lab.train)))
    run_gate(SCORE, test=lab.test.assign(row=range(len(lab.test))), time="row")
    page = (lab.folder / "out" / "report.html").read_text()
    assert "200 bootstrap resamples of stretches of" in page
    assert "time(s) (2,000 values of &#39;row&#39;). A bound" in page
    run_gate(SCORE)
    assert "200 bootstrap resamples of the rows. A bound" in (lab.folder / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"group": "acount"}, "There is no column 'acount'"),
        ({"group": "origin"}, "'origin' has 3 different values, and an interval needs 10 or more"),
        ({"time": "missing"}, "The time 'missing' is null in 2,000 of 2,000 rows"),
    ],
)
def test_gate_fails_if_groups_or_times_cannot_be_used(section, message, run_gate, lab):
    report = run_gate(SCORE, test=lab.test.assign(missing=None), **section)
    assert report.verdict == "fail"
    assert message in report.problem
    assert "test.parquet" in report.problem


def every_metric_check(problem: str) -> list[dict[str, object]]:
    metric = MAIN[problem]
    leakage = {"max_r2": 0.99} if problem in ("regression", "quantile") else {"max_auc": 0.99}
    return [
        {"type": "score", "metric": metric, "max": 99},
        {"type": "gain", "metric": metric, "above": -9},
        {"type": "slices", "metric": metric, "by": ["origin"], "min_rows": 5, "max": 99, "point": True},
        {"type": "fairness", "column": "origin", "metric": metric, "max_difference": 99},
        {"type": "leakage", **leakage},
        GAPS[problem],
    ]


def test_rows_of_weight_0_do_not_count_in_any_check(any_lab):
    """The rows are sorted by a feature, so that the halves of the table differ."""
    checks = every_metric_check(any_lab.problem)[:-2]
    table = any_lab.test.sort_values("wind", ignore_index=True)
    half = table.assign(weight=(table.index < 1000).astype(float) * 3)
    any_lab.train = any_lab.train.assign(weight=1.0)

    weighted = any_lab.run_gate(*checks, test=half, weight="weight").checks
    alone = any_lab.run_gate(*checks, test=half.head(1000)).checks

    assert [check.observed for check in weighted] == pytest.approx([each.observed for each in alone])


def test_equal_weights_change_no_figure_and_no_interval(any_lab):
    checks = every_metric_check(any_lab.problem)
    any_lab.train = any_lab.train.assign(weight=5)

    def found(**section):
        report = any_lab.run_gate(*checks, test=any_lab.test.assign(weight=5), **section)
        return [(each.name, each.observed, each.interval) for each in report.checks if each.name != "leakage"]

    assert found(weight="weight") == found()


def test_weighted_figure_of_the_gate_is_scikit_learns(run_gate, lab):
    weights = np.random.default_rng(3).gamma(1, 1, len(lab.test))
    model = lab.fit(["wind"])
    lab.train = lab.train.assign(weight=1)
    test = lab.test.assign(weight=weights)

    score, gap = run_gate(SCORE, GAPS["binary"], model=model, test=test, weight="weight").checks

    def figure(table, sample_weight=None):
        return roc_auc_score(table["late"], model.predict_proba(table)[:, 1], sample_weight=sample_weight)

    assert score.observed == pytest.approx(figure(test, weights), abs=1e-6)
    assert gap.observed == pytest.approx(figure(lab.train) - figure(test, weights), abs=2e-6)
    assert score.observed != pytest.approx(figure(test), abs=1e-4)


def test_weight_is_no_feature(run_gate, lab):
    numbers = lab.test[[*NUMBERS, "late"]].assign(weight=1.0)
    lab.train = lab.train.assign(weight=1.0)
    unnamed = LogisticRegression().fit(lab.train[NUMBERS].to_numpy(), lab.train["late"])
    with pytest.warns(UserWarning, match="fitted without feature names"):
        assert run_gate(SCORE, model=unnamed, test=numbers, weight="weight").passed

    report = run_gate(SCORE, model=lab.fit(["delay", "weight"]), test=numbers, weight="weight")

    assert report.verdict == "fail"
    assert "The model reads the weight 'weight'" in report.problem


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ("wnid", "There is no column 'wnid'; did you mean 'wind'"),
        ("wind", "The weight 'wind' is negative in"),
        ("origin", "The weight 'origin' has the type"),
        ("missing", "The weight 'missing' is null or not finite in 1 of 2,000 rows"),
    ],
)
def test_gate_fails_if_weights_cannot_be_used(weight, message, run_gate, lab):
    missing = np.where(np.arange(len(lab.test)) == 7, np.nan, 1.0)

    report = run_gate(SCORE, test=lab.test.assign(missing=missing), weight=weight)

    assert report.verdict == "fail"
    assert message in report.problem
    assert "test.parquet" in report.problem


def test_page_says_that_rows_are_weighted(run_gate, lab):
    lab.train = lab.train.assign(share=1.0)
    run_gate(SCORE, test=lab.test.assign(share=1.0), weight="share")

    page = (lab.folder / "out" / "report.html").read_text()
    assert "Rows count by their weight <code>share</code>" in page


def test_every_check_with_an_interval_takes_groups(run_gate, lab):
    lab.train = copied(lab.train.head(300))
    checks = [
        {"type": "slices", "metric": "brier", "by": ["origin"], "min_rows": 5, "max": 1},
        {"type": "gain", "metric": "roc_auc", "above": -1},
        {"type": "leakage", "max_auc": 0.99},
        {"type": "direction", "column": "wind", "by": 1, "never": "raise", "max_share": 0.99},
        {"type": "fairness", "column": "origin", "metric": "brier", "max_difference": 0.9},
    ]
    free = widths(run_gate(*checks, test=copied(lab.test.head(300))))
    once = widths(run_gate(*checks, test=copied(lab.test.head(300)), group="account"))
    assert all(wide >= narrow for wide, narrow in zip(once, free, strict=True))
    assert sum(once) > 1.5 * sum(free)
