"""The model and the tables that a gate cannot measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.gates.model.conftest import NUMBERS, SCORE
from trimtab.gates.model.model_under_test import invalid_scores, load_model_under_test, missing_columns
from trimtab.learning import BINARY, Bootstrap


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
            "1 of 2,000 values",
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


@pytest.mark.parametrize("target", ["number", "three classes"])
def test_model_without_probabilities_of_two_classes_fails(target, run_gate, lab):
    labels = lab.train["weekday"] % 3
    kind = LinearRegression if target == "number" else LogisticRegression

    report = run_gate(SCORE, model=kind().fit(lab.train[NUMBERS], labels))

    assert report.verdict == "fail"
    assert "does not predict the probability of two classes" in report.problem


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


@pytest.mark.parametrize(
    ("scores", "problem"),
    [
        ([0.0, 0.5, 1.0], ""),
        ([0.5, float("nan"), 1.5], "2 of 3 scores are no probabilities"),
        ([-0.1], "1 of 1 scores are no probabilities"),
    ],
)
def test_scores_outside_of_0_to_1_are_counted(scores, problem):
    assert invalid_scores(np.array(scores)) == problem


def test_missing_columns_are_named_once_with_the_nearest():
    table = pd.DataFrame({"wind": [1], "delay": [2]})
    told = missing_columns(["wnid", "delay", "wnid"], table)
    assert told == "there is no column 'wnid'; did you mean 'wind'?"
    assert missing_columns(["wind"], table) == ""
