"""Declarations: what cannot be meant is refused before anything is read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sklearn.metrics

from trimtab.errors import ConfigError
from trimtab.gates import check_model
from trimtab.gates.model.gate_section import TYPES, load_gate_section
from trimtab.learning import PROBLEM_TYPES

SCORE = {"type": "score", "metric": "roc_auc", "min": 0.6}


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ({"type": "slice", "metric": "roc_auc"}, "no check of type 'slice'; did you mean 'slices'?"),
        ({"type": ["score"]}, "no check of type"),
        ({**SCORE, "mni": 0.6}, "unknown key 'mni'; did you mean 'min'?"),
        ({"type": "score", "metric": "roc_auc"}, "needs min or max"),
        ({**SCORE, "max": 0.5}, "nothing can pass"),
        ({**SCORE, "metric": "roc_aux"}, "'roc_auc'"),
        ({**SCORE, "metric": "recall"}, "recall needs a threshold"),
        ({**SCORE, "threshold": 0.5}, "roc_auc has no threshold"),
        ({"type": "gain", "metric": "calibration_slope"}, "neither higher nor lower is better"),
        ({"type": "gap", "metric": "roc_auc"}, "'max' is missing"),
        ({**SCORE, "type": "slices", "by": ["origin"]}, "'min_rows' is missing"),
        ({**SCORE, "type": "slices", "by": [["a", "b", "c"]], "min_rows": 9}, "pairs of columns"),
        ({"type": "direction", "column": "wind", "by": 0, "never": "lower"}, "nothing changes"),
        ({"type": "direction", "column": "wind", "by": 1, "never": "rise"}, "'lower' or 'raise'"),
        ({"type": "leakage", "max_auc": 0.5}, "'max_auc'"),
        (
            {"type": "fairness", "column": "origin", "rate": "selection", "threshold": 0.5},
            "either max_difference or min_ratio",
        ),
        (
            {
                "type": "fairness",
                "column": "origin",
                "rate": "selection",
                "threshold": 0.5,
                "min_ratio": 0.8,
                "groups": ["EWR"],
            },
            "one group cannot be compared",
        ),
        ({"type": "stability", "rows": 0}, "'rows'"),
        ({"type": "inference", "max_seconds": 0}, "'max_seconds'"),
    ],
)
def test_check_with_contradictory_arguments_is_refused(check, told, run_gate, tmp_path):
    with pytest.raises(ConfigError) as caught:
        run_gate(SCORE, check)

    assert told in str(caught.value)
    assert "check 2 of 2" in str(caught.value)
    assert not (tmp_path / "out" / "report.json").exists()


@pytest.mark.parametrize(
    ("check", "given", "told"),
    [
        ({"metric": "auc", "min": 0}, (), "type metric need --metrics"),
        (SCORE, ("model",), "type score need --test"),
        ({"type": "gain", "metric": "roc_auc"}, ("model", "test"), "type gain need --baseline"),
        ({"type": "gap", "metric": "roc_auc", "max": 1}, ("model", "test"), "type gap need --train"),
    ],
)
def test_check_that_needs_a_file_which_is_not_given_is_refused(check, given, told, tmp_path):
    (tmp_path / "params.yaml").write_text(f"m: {{label: late, checks: [{check}]}}".replace("'", '"'))
    nowhere = dict.fromkeys(given, tmp_path / "none")

    with pytest.raises(ConfigError, match=told):
        check_model(params=tmp_path / "params.yaml", section="m", out=tmp_path / "out", **nowhere)


def test_section_without_a_label_column_is_refused_if_a_check_reads_labels(run_gate):
    with pytest.raises(ConfigError, match="add `label"):
        run_gate(SCORE, label="")


@pytest.mark.parametrize(
    "section", [{"resamples": 10}, {"confidence": 1.0}, {"seed": -1}, {"resample": 1000}, {"checks": []}]
)
def test_section_with_invalid_values_is_refused(section, run_gate):
    with pytest.raises(ConfigError, match=next(iter(section))):
        run_gate(SCORE, **section)


FILES = ("model", "test", "train", "baseline", "metrics")
RATE = {"type": "fairness", "column": "origin", "rate": "selection", "max_difference": 0.5}
PARITY = {"type": "fairness", "column": "origin", "max_difference": 0.5}
LEAKAGE = {"type": "leakage"}
WIND = {"type": "direction", "column": "wind", "by": 1, "never": "lower"}


@pytest.mark.parametrize(
    ("problem", "check", "told"),
    [
        ("regression", SCORE, "there is no such metric for regression (known: mae, rmse"),
        ("multiclass", {**SCORE, "metric": "mae"}, "there is no such metric for multiclass (known: log_loss"),
        ("binary", {**SCORE, "metric": "f1_macro"}, "there is no such metric for binary"),
        ("multiclass", {**SCORE, "metric": "acuracy"}, "did you mean 'accuracy'"),
        ("multiclass", {**SCORE, "metric": "accuracy", "threshold": 0.5}, "accuracy has no threshold"),
        ("regression", {**SCORE, "metric": "mae", "threshold": 0.5}, "mae has no threshold"),
        ("regression", {"type": "gain", "metric": "bias"}, "neither higher nor lower is better"),
        ("quantile", {"type": "gain", "metric": "interval_coverage"}, "neither higher nor lower is better"),
        ("binary", LEAKAGE, "for binary, the check needs max_auc"),
        ("binary", {**LEAKAGE, "max_r2": 0.8}, "for binary, the check needs max_auc, not max_r2"),
        ("multiclass", {**LEAKAGE, "max_r2": 0.8}, "for multiclass, the check needs max_auc, not max_r2"),
        ("regression", {**LEAKAGE, "max_auc": 0.8}, "for regression, the check needs max_r2, not max_auc"),
        ("regression", {**LEAKAGE, "max_auc": 0.8, "max_r2": 0.8}, "not max_auc and max_r2"),
        ("multiclass", WIND, "class_name is missing"),
        ("binary", {**WIND, "class_name": 1}, "a score of the problem type binary has no class"),
        ("regression", {**WIND, "class_name": "a"}, "a score of the problem type regression has no class"),
        ("multiclass", {**RATE, "threshold": 0.5}, "has no rates; name a metric"),
        ("regression", {**RATE, "threshold": 0.5}, "has no rates; name a metric"),
        ("regression", {**PARITY, "metric": "roc_auc"}, "there is no such metric for regression"),
        ("regression", {**PARITY, "metric": "mae", "threshold": 0.5}, "mae has no threshold"),
        ("binary", {**PARITY, "metric": "accuracy"}, "accuracy needs a threshold"),
        ("binary", PARITY, "needs either rate or metric"),
        ("binary", {**RATE, "metric": "roc_auc", "threshold": 0.5}, "needs either rate or metric"),
        ("binary", RATE, "the rate selection needs a threshold"),
        ("binary", {**RATE, "threshold": 0.5, "max_difference": 1.5}, "every rate is within it"),
    ],
)
def test_check_of_another_problem_type_is_refused_before_a_file_is_read(problem, check, told, tmp_path):
    declared = {"problem_type": problem, "label": "y", "checks": [{"type": "stability"}, check]}
    (tmp_path / "params.yaml").write_text(json.dumps({"m": declared}))

    with pytest.raises(ConfigError) as caught:
        load_gate_section(
            tmp_path / "params.yaml", "m", dict.fromkeys(FILES, tmp_path / "none"), root=tmp_path
        )

    assert told in str(caught.value)
    assert "check 2 of 2" in str(caught.value)


def test_unknown_problem_type_is_refused_with_the_closest(run_gate):
    with pytest.raises(ConfigError, match=r"'problem_type' is 'regresion'.*did you mean 'regression'"):
        run_gate(SCORE, problem_type="regresion")


def test_unit_of_a_label_without_one_is_refused(run_gate):
    with pytest.raises(ConfigError, match="a label of the problem type binary has no unit"):
        run_gate(SCORE, label_unit="minutes")


def test_docs_show_every_type_of_check_as_it_can_be_declared(tmp_path):
    text = (Path(__file__).parents[4] / "docs" / "model-gates.md").read_text()
    shown = re.findall(r"`(\{(?:type|metric): [^`]+\})`", text)
    params = tmp_path / "params.yaml"
    params.write_text("m: {label: late, checks: [" + ", ".join(shown) + "]}")

    _, checks = load_gate_section(params, "m", dict.fromkeys(FILES, params), root=tmp_path)

    assert {check.type for check in checks} == set(TYPES)


@pytest.mark.parametrize("problem", ["regression", "multiclass", "quantile"])
def test_docs_show_a_section_of_a_problem_type_as_it_can_be_declared(problem, tmp_path):
    text = (Path(__file__).parents[4] / "docs" / "model-gates.md").read_text()
    (shown,) = [
        block for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.M | re.S) if f": {problem}" in block
    ]
    (tmp_path / "params.yaml").write_text(shown)

    gate, checks = load_gate_section(
        tmp_path / "params.yaml", "validate_model", dict.fromkeys(FILES, tmp_path), root=tmp_path
    )

    assert gate.problem is PROBLEM_TYPES[problem]
    assert len(checks) > 3


def test_docs_list_the_metrics_of_every_problem_type_with_their_function_of_scikit_learn():
    text = (Path(__file__).parents[4] / "docs" / "model-gates.md").read_text()
    rows = re.findall(r"^\| (\w+) \| `([\w.]+)` \| .+ \| (?:`(\w+)[^|]*`|—) \|$", text, re.M)

    assert [(problem, name) for problem, name, _ in rows] == [
        (each.name, name) for each in PROBLEM_TYPES.values() for name in each.metrics
    ]
    assert [function for *_, function in rows if function and not hasattr(sklearn.metrics, function)] == []
