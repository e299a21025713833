"""Sections of ``params.yaml`` that belong to the library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.learning import PROBLEM_TYPES
from trimtab.params_file import load_yaml
from trimtab.params_sections import SECTIONS, PromotePolicy, check_sections

WRONG = [
    ("promote:\n  policy: aproval\n", "'policy' is 'aproval'.*'automatic', 'approval' or 'never'"),
    ("promote:\n  polcy: never\n", "unknown key 'polcy'; did you mean 'policy'"),
    ("promote:\n  slices:\n    max_loss: -1\n", r"slices\.max_loss"),
    ("promote:\n  slices:\n    max_loss: 5 percent\n", "neither a number nor a percentage, as `5 %`"),
    ("promote:\n  min_gain: -0.1\n", "'min_gain' is -0.1: .*no number of 0 or more"),
    ("promote:\n  min_gain: true\n", "'min_gain' is True"),
    ("promote:\n  metric: mae\n", "'mae' does not fit the problem type: models of type binary"),
    ("promote:\n  metric: calibration_slope\n", "no such metric"),
    ("drift:\n  needed: 3\n  of_last: 2\n", "'needed' is 3, more than"),
    ("drift:\n  max_auc_drop: 0.1\n  max_metric_drop: 0.1\n", "remove 'max_auc_drop'"),
    ("drift:\n  max_metric_drop: five\n", "neither a number nor a percentage, as `5 %`"),
    ("drift:\n  max_metric_drop: 0 %\n", "it is not above 0"),
    ("drift:\n  metric: rmsee\n", "did you mean 'rmse'"),
    ("drift:\n  metric: mae\n", "cannot be measured for binary"),
    ("score:\n  threshold: 2.0\n", "'threshold' is 2.0"),
    ("retention:\n  object_days: 0\n", "'object_days' is 0"),
    ("promote: never\n", "promote"),
    ("promote: [1]\n", "promote"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_params_section_with_an_invalid_value_or_key_is_refused(tmp_path, text, said):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said) as refused:
        check_sections(tmp_path, stages=())
    assert "nothing has been run" in str(refused.value) or "problem_type" in str(refused.value)


@pytest.mark.parametrize("text", ["", "train:\n  policy: aproval\n", "promote:\n", "promoter: 1\n"])
def test_params_file_without_an_invalid_section_is_accepted(tmp_path, text):
    (tmp_path / "params.yaml").write_text(text)
    check_sections(tmp_path, stages=())


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_promote_metric_is_checked_against_the_problem_type(tmp_path, name):
    problem, file = PROBLEM_TYPES[name], tmp_path / "params.yaml"
    file.write_text(f"promote:\n  metric: {problem.comparison_metrics[-1]}\n")
    check_sections(tmp_path, (), problem)
    file.write_text("promote:\n  metric: roc_auc\n")
    if "roc_auc" not in problem.comparison_metrics:
        with pytest.raises(ConfigError, match=f"known: {', '.join(problem.comparison_metrics)}, or"):
            check_sections(tmp_path, (), problem)


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_promote_policy_is_resolved_with_the_defaults_of_the_problem_type(name):
    problem = PROBLEM_TYPES[name]
    resolved = PromotePolicy().resolve(problem)
    assert resolved.metric == problem.default_metric
    assert resolved.slices.max_loss == problem.default_max_loss
    assert resolved.resolve(problem) == resolved


def test_params_section_that_a_stage_depends_on_is_not_checked(tmp_path):
    (tmp_path / "params.yaml").write_text("score:\n  beta: 2\n")
    check_sections(tmp_path, stages={"score"})


def test_project_without_a_params_file_is_accepted(tmp_path):
    check_sections(tmp_path, stages=())


def test_params_sections_of_the_example_are_valid():
    root = Path(__file__).resolve().parents[2]
    check_sections(root, stages=())
    assert SECTIONS.keys() <= load_yaml(root / "params.yaml").keys()


def test_params_sections_are_imported_without_numpy():
    heavy = "sys.modules.keys() & {'numpy', 'ruamel.yaml'}"
    code = f"import sys, trimtab.params_sections; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("regression", "drift:\n  metric: rmse\n  max_metric_drop: 5 %\n  max_calibration_gap: 2.5\n"),
        ("multiclass", "drift:\n  metric: accuracy\n  min_metric_at_stake: 1 %\n"),
        ("binary", "drift:\n  metric: null\n  max_slice_metric_drop: 0.1\n"),
    ],
)
def test_drift_section_with_a_metric_of_the_problem_type_is_accepted(tmp_path, problem, text):
    (tmp_path / "params.yaml").write_text(text)
    check_sections(tmp_path, stages=(), problem=PROBLEM_TYPES[problem])


def test_drift_metric_of_another_problem_type_is_refused_with_the_list(tmp_path):
    (tmp_path / "params.yaml").write_text("drift:\n  metric: roc_auc\n")
    with pytest.raises(ConfigError, match=r"regression[\s\S]*mae, rmse, mape, wape, medae, r2"):
        check_sections(tmp_path, stages=(), problem=PROBLEM_TYPES["regression"])


def test_tightened_policy_has_the_stricter_of_both_values():
    run, commit = PromotePolicy(min_gain=0.5), PromotePolicy(policy="approval", second_person=True)
    for one, other in ((run, commit), (commit, run)):
        tight = one.tighten(other)
        assert (tight.policy, tight.second_person, tight.min_gain) == ("approval", True, one.min_gain)
    assert commit.tighten(PromotePolicy(policy="never")).policy == "never"
