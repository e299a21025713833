"""Fail closed: whatever is wrong with the files, there is a report and no pass."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from trimtab.errors import GateError

SCORE = {"type": "score", "metric": "roc_auc", "min": 0.1}
NUMBERS = ["delay", "wind", "noise"]


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


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no skops file"), (b"\x80\x04K\x01.", "no skops file"), (b"PK\x03\x04", "no skops file")],
)
def test_file_that_is_no_model_leaves_an_error_report(content, told, run_gate, written):
    report = run_gate(SCORE, model=content)

    assert report.verdict == written(report)["verdict"] == "error"
    assert told in report.problem


def test_model_of_unlisted_types_is_not_loaded(run_gate, lab):
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(max_iter=1).fit(lab.train[NUMBERS], lab.train["late"])

    report = run_gate(SCORE, model=trees)

    assert report.verdict == "error"
    assert "TreePredictor" in report.problem


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


@pytest.mark.parametrize("lost", ["model", "test", "baseline", "train"])
def test_missing_file_leaves_an_error_report_without_paths_of_this_machine(
    lost, run_gate, lab, written, tmp_path
):
    checks = [SCORE, {"type": "gap", "metric": "roc_auc", "max": 1}]
    run_gate(*checks)
    suffix = {"model": "skops", "baseline": "skops"}.get(lost, "parquet")
    (tmp_path / f"{lost}.{suffix}").unlink()

    report = lab.run_gate_on_files()

    assert report.verdict == written(report)["verdict"] == "error"
    assert str(tmp_path) not in (tmp_path / "out" / "report.json").read_text()


def test_model_that_crashes_on_the_table_leaves_an_error_report(run_gate, lab, tmp_path):
    nulls = lab.test.assign(wind=np.nan)  # a logistic regression refuses them

    with pytest.raises(GateError, match="crashed"):
        run_gate(SCORE, test=nulls)

    assert json.loads((tmp_path / "out" / "report.json").read_text())["verdict"] == "error"


def test_baseline_without_probabilities_fails_the_comparison_only(run_gate, lab):
    broken = lab.fit(["wind"])
    broken[-1].coef_[:] = np.nan

    score, gain = run_gate(SCORE, {"type": "gain", "metric": "roc_auc", "above": -1}, baseline=broken).checks

    assert score.passed
    assert not gain.passed
    assert "no probabilities" in gain.detail


def test_report_is_the_same_every_time(run_gate, tmp_path):
    checks = [
        SCORE,
        {"type": "stability"},
        {"type": "slices", "metric": "roc_auc", "by": ["origin", "noise"], "min_rows": 50, "min": 0.5},
        {"type": "leakage", "max_auc": 0.9},
        {"type": "inference", "max_seconds": 60},
    ]
    files = ("report.json", "report.html", "metrics.json")
    run_gate(*checks)
    first = [(tmp_path / "out" / name).read_bytes() for name in files]

    run_gate(*checks)

    assert [(tmp_path / "out" / name).read_bytes() for name in files] == first
