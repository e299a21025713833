"""The model gate: whatever is wrong with its files, there is a report and no pass."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.library.gates.model.conftest import NUMBERS, SCORE
from tests.library.learning.formats.model_files import ROWS, WRITERS, label_of
from tests.library.learning.formats.model_folders import formula_folder
from trimtab.errors import GateError
from trimtab.gates import check_model
from trimtab.learning import PROBLEM_TYPES


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


def test_report_is_the_same_every_time(any_lab, tmp_path):
    problem = PROBLEM_TYPES[any_lab.problem]
    metric = {"metric": problem.default_metric, "max": 100}
    checks = [
        {"type": "score", **metric},
        {"type": "stability"},
        {"type": "slices", **metric, "by": ["origin", "noise"], "min_rows": 50},
        {"type": "leakage", problem.leakage_bound: 0.9},
        {"type": "inference", "max_seconds": 60},
    ]
    files = ("report.json", "report.html", "metrics.json")
    any_lab.run_gate(*checks, resamples=100)
    first = [(tmp_path / "out" / name).read_bytes() for name in files]

    any_lab.run_gate(*checks, resamples=100)

    assert [(tmp_path / "out" / name).read_bytes() for name in files] == first


@pytest.mark.parametrize(
    ("file_format", "problem"),
    [("lightgbm", "multiclass"), ("xgboost", "regression"), ("xgboost", "quantile"), ("onnx", "binary")],
)
def test_model_file_of_another_format_is_checked(file_format, problem, tmp_path):
    """Such a model predicts, and has no other method of an estimator of scikit-learn."""
    model = WRITERS[file_format](tmp_path, problem)
    ROWS.assign(y=label_of(problem)).to_parquet(tmp_path / "test.parquet")
    metric = {"metric": PROBLEM_TYPES[problem].default_metric, "min": -100, "max": 100}
    checks = [{"type": "score", **metric}, {"type": "stability", "tolerance": 1e-5}]
    declared = {"problem_type": problem, "label": "y", "resamples": 100, "checks": checks}
    (tmp_path / "params.yaml").write_text(json.dumps({"m": declared}))

    report = check_model(
        params=tmp_path / "params.yaml",
        section="m",
        out=tmp_path / "out",
        model=model.path,
        test=tmp_path / "test.parquet",
        root=tmp_path,
    )

    assert report.verdict == "pass"
    assert "Feature importance" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize("trusted", [["mlflow.pyfunc"], []])
def test_model_folder_is_checked_if_the_section_trusts_it_else_it_is_an_error(trusted, tmp_path):
    """One starts a process that imports MLflow: seconds."""
    folder = formula_folder(tmp_path / "model", "regression", tmp_path / "loaded")
    ROWS.assign(y=label_of("regression")).to_parquet(tmp_path / "test.parquet")
    checks = [{"type": "score", "metric": "mae", "max": 0.2}, {"type": "size", "max_megabytes": 1}]
    declared = {"problem_type": "regression", "label": "y", "resamples": 100, "checks": checks}
    (tmp_path / "params.yaml").write_text(json.dumps({"m": {**declared, "trusted_types": trusted}}))

    report = check_model(
        params=tmp_path / "params.yaml",
        section="m",
        out=tmp_path / "out",
        model=folder,
        test=tmp_path / "test.parquet",
        root=tmp_path,
    )

    assert report.verdict == ("pass" if trusted else "error")
    assert (tmp_path / "loaded").exists() == bool(trusted)
    assert trusted or "'mlflow.pyfunc' is not trusted" in report.problem
