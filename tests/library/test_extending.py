"""The metric and the model check of docs/extending.md, in a model gate, and who may name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.library.extending_page import extension_of
from tests.library.gates.model.conftest import Lab
from trimtab.errors import ConfigError
from trimtab.pipeline.params import check_overrides


@contextmanager
def checks_of(section: str, root: Path) -> Iterator[list[dict[str, Any]]]:
    """Write the code of a section to a checkout, and yield the checks that the section declares."""
    with extension_of(section, root) as (lines, _):
        (root / "params.yaml").write_text(lines)
        yield YAML(typ="safe").load(lines)["validate_model"]["checks"]


@pytest.mark.parametrize("section", ["A metric", "A model check"])
def test_example_in_a_model_gate_is_evaluated_beside_the_built_in_checks(section, tmp_path):
    with checks_of(section, tmp_path) as checks:
        report = Lab(tmp_path).run_gate(*checks, {"type": "score", "metric": "roc_auc", "min": 0.5})

    assert report.verdict == "pass"
    assert len(report.checks) == len(checks) + 1
    assert all(isinstance(check.observed, float) for check in report.checks)


def test_example_of_a_metric_has_an_interval_and_a_gain_over_the_baseline(tmp_path):
    with checks_of("A metric", tmp_path) as checks:
        score, gain = Lab(tmp_path).run_gate(*checks).checks

    assert (score.name, gain.name) == ("score refund_cost", "gain refund_cost")
    assert score.interval[0] < score.observed < score.interval[1]
    assert gain.observed > 0


def test_example_of_a_cost_matrix_is_measured_for_several_classes(tmp_path):
    with extension_of("A cost matrix", tmp_path) as (lines,):
        section = YAML(typ="safe").load(lines)["validate_model"]
        lab = Lab.of(section["problem_type"], tmp_path)
        score, gain = lab.run_gate(*section["checks"], label=section["label"]).checks

    assert (score.name, gain.name) == ("score mix_up_cost", "gain mix_up_cost")
    assert 0 < score.interval[0] < score.observed < score.interval[1]
    assert score.passed
    assert gain.passed


def test_example_of_a_model_check_fails_the_gate_when_its_bound_is_not_met(tmp_path):
    with checks_of("A model check", tmp_path) as (check,):
        report = Lab(tmp_path).run_gate({**check, "max_sure": 0.0})

    assert report.verdict == "fail"
    assert report.checks[0].notes == "the calibration is off"


def test_model_check_of_a_project_with_an_unknown_argument_is_refused(tmp_path):
    with (
        checks_of("A model check", tmp_path) as (check,),
        pytest.raises(ConfigError, match="unknown key 'max_suer'; did you mean 'max_sure'"),
    ):
        Lab(tmp_path).run_gate({**check, "max_suer": 0.0})


def test_function_that_is_no_model_check_is_refused(tmp_path):
    with (
        checks_of("A metric", tmp_path),
        pytest.raises(ConfigError, match=r"'extensions\.refund_cost:refund_cost' is no model check"),
    ):
        Lab(tmp_path).run_gate({"type": "extensions.refund_cost:refund_cost"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("promote.metric", "os:system"),
        ("validate_model.checks", [{"type": "os:system"}]),
        ("validate_model.checks", [{"type": "score", "metric": "posix:system", "min": 0}]),
    ],
)
def test_params_of_a_run_cannot_name_an_extension(key, value, tmp_path):
    (tmp_path / "params.yaml").write_text(
        "promote: {metric: roc_auc}\nvalidate_model:\n  checks: [{type: score, metric: roc_auc, min: 0.5}]\n"
    )
    with pytest.raises(ConfigError, match="only a commit says what may execute"):
        check_overrides(tmp_path, {key: value})


def test_params_of_a_run_cannot_name_an_extension_through_an_alias(tmp_path):
    (tmp_path / "params.yaml").write_text(
        "refund: &refund {type: 'extensions.a:A', max: 1}\nvalidate_model: {checks: [*refund]}\n"
    )
    with pytest.raises(ConfigError, match=r"cannot name the extension 'data\.features\.evil:X'"):
        check_overrides(tmp_path, {"refund.type": "data.features.evil:X"})


def test_params_of_a_run_may_set_a_text_of_a_stage_that_looks_like_an_extension(tmp_path):
    (tmp_path / "params.yaml").write_text("score: {image: 'acme:v1'}\nserve: {tag: 'a:b'}\n")

    assert check_overrides(tmp_path, {"score.image": "acme:v2", "serve.tag": "c:d"}) == {
        "score.image": "acme:v2",
        "serve.tag": "c:d",
    }


def test_params_of_a_run_may_repeat_an_extension_that_the_commit_names(tmp_path):
    with checks_of("A metric", tmp_path) as (score, gain):
        found = check_overrides(tmp_path, {"validate_model.checks": [{**score, "max": 30}, gain]})

    assert found["validate_model.checks"][0]["max"] == 30
