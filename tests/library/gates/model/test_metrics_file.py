"""The model gate: bounds, comparisons, and metrics that are not there."""

from __future__ import annotations

import json

import pytest

from trimtab.errors import ConfigError, GateError
from trimtab.gates import check_model

METRICS = {
    "model": {"roc_auc": 0.7, "brier": 0.15, "log_loss": 0.41, "rows": 1000},
    "baseline": {"roc_auc": 0.69, "brier": 0.16, "log_loss": 0.39},
}


def test_model_within_bounds_and_above_its_baseline_passes(model_gate):
    report = model_gate(
        METRICS,
        {"metric": "model.roc_auc", "min": 0.62},
        {"metric": "model.brier", "max": 0.2},
        {"metric": "model.roc_auc", "better_than": "baseline.roc_auc", "by": 0.01},
        {"metric": "model.brier", "better_than": "baseline.brier", "greater_is_better": False},
    )

    assert report.verdict == "pass"
    assert (report.gate, report.name, report.declared, report.evaluated) == ("model", "validate_model", 4, 4)
    assert json.loads((report.out / "metrics.json").read_text()) == {
        "declared": 4,
        "evaluated": 4,
        "failed": 0,
    }


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ({"metric": "model.roc_auc", "min": 0.71}, "observed 0.7; below 0.71"),
        ({"metric": "model.brier", "max": 0.1}, "observed 0.15; above 0.1"),
        (
            {"metric": "model.roc_auc", "better_than": "baseline.roc_auc", "by": 0.011},
            "not better by 0.011 than baseline.roc_auc, 0.69",
        ),
        (
            {"metric": "model.log_loss", "better_than": "baseline.log_loss", "greater_is_better": False},
            "no better than baseline.log_loss, 0.39",
        ),
    ],
)
def test_broken_bound_fails_and_says_by_what(check, told, model_gate):
    report = model_gate(METRICS, check)

    assert report.verdict == "fail"
    assert told in report.summary()
    assert "model gate 'validate_model': FAIL" in report.summary()


def test_metric_equal_to_its_baseline_fails(model_gate):
    same = {"model": {"roc_auc": 0.7}, "baseline": {"roc_auc": 0.7}}

    assert not model_gate(same, {"metric": "model.roc_auc", "better_than": "baseline.roc_auc"}).passed


@pytest.mark.parametrize(
    ("severity", "verdict"), [("critical", "fail"), ("warning", "warn"), ("info", "pass")]
)
def test_severity_decides_the_verdict(severity, verdict, model_gate):
    assert model_gate(METRICS, {"metric": "model.roc_auc", "min": 1, "severity": severity}).verdict == verdict


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "null", "true", '"0.9"', "[0.9]"])
@pytest.mark.parametrize("bound", [{"min": 0}, {"max": 1}, {"better_than": "floor"}])
def test_value_that_is_no_finite_number_fails_every_bound(value, bound, model_gate, written):
    report = model_gate(f'{{"auc": {value}, "floor": 0.1}}', {"metric": "auc", **bound})

    assert report.verdict == written(report)["verdict"] == "fail"
    assert "is not " in report.checks[0].detail


def test_missing_metric_fails_with_the_nearest(model_gate):
    report = model_gate(METRICS, {"metric": "model.roc_aux", "min": 0})

    assert report.verdict == "fail"
    assert "there is no metric 'model.roc_aux'; did you mean 'model.roc_auc'?" in report.summary()


def test_missing_metric_to_compare_with_fails(model_gate):
    report = model_gate(METRICS, {"metric": "model.roc_auc", "better_than": "base.roc_auc"})

    assert not report.passed
    assert "there is no metric 'base.roc_auc'" in report.summary()


@pytest.mark.parametrize("content", ["", "{", "[0.7]", "0.7"])
def test_metrics_that_cannot_be_read_leave_an_error_report(content, model_gate, written):
    report = model_gate(content, {"metric": "auc", "min": 0})

    assert report.verdict == written(report)["verdict"] == "error"
    assert "metrics.json" in report.problem
    assert not report.passed


def test_missing_metrics_file_leaves_an_error_report(tmp_path):
    (tmp_path / "params.yaml").write_text("m: {checks: [{metric: auc, min: 0}]}")

    report = check_model(
        metrics=tmp_path / "none.json", params=tmp_path / "params.yaml", section="m", out=tmp_path / "out"
    )

    assert report.verdict == "error"
    assert "No such file" in report.problem
    assert str(tmp_path) not in (tmp_path / "out" / "report.json").read_text()


def test_crash_leaves_an_error_report_and_raises(model_gate, tmp_path):
    bottomless = '{"a":' * 100_000

    with pytest.raises(GateError, match="RecursionError"):
        model_gate(bottomless, {"metric": "auc", "min": 0})

    assert json.loads((tmp_path / "out" / "report.json").read_text())["verdict"] == "error"


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ([], "checks"),
        ([{"metric": "auc"}], "needs min, max or better_than"),
        ([{"metric": "auc", "min": 2, "max": 1}], "nothing can pass"),
        ([{"metric": "auc", "min": 0, "by": 0.1}], "go with better_than"),
        ([{"metric": "auc", "better_than": "b", "by": -0.1}], "'by'"),
        ([{"metric": "log_loss", "better_than": "b.log_loss"}], "greater_is_better"),
        ([{"metric": "auc", "min": "0.6"}], "'min'"),
        ([{"metric": "auc", "min": 0, "severity": "fatal"}], "'severity'"),
        ([{"metric": "auc", "min": 0}, {"metric": "auc", "mni": 0}], "check 2 of 2"),
        ([{"metric": "auc", "mni": 0}], "did you mean 'min'?"),
    ],
)
def test_check_with_contradictory_arguments_is_refused(checks, told, model_gate, tmp_path):
    with pytest.raises(ConfigError) as caught:
        model_gate(METRICS, *checks)

    assert told in str(caught.value)
    assert "params.yaml" in str(caught.value)
    assert not (tmp_path / "out" / "report.json").exists()


def test_missing_section_is_refused_with_the_nearest(tmp_path):
    (tmp_path / "params.yaml").write_text("validate_model: {checks: []}")

    with pytest.raises(ConfigError, match="did you mean 'validate_model'"):
        check_model(
            metrics=tmp_path / "m.json",
            params=tmp_path / "params.yaml",
            section="validate_modell",
            out=tmp_path / "out",
        )
