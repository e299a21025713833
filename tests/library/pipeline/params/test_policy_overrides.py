"""The promote policy and the objectives of a run are no looser than those of the commit."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.pipeline.params.overrides import check_overrides
from trimtab.pipeline.params.policy_overrides import refuse_looser_policy


@pytest.fixture
def root(tmp_path):
    text = """\
mine: {policy: &mine approval, base: &base {policy: approval, second_person: true, min_gain: 0.0}}
promote: {policy: approval, second_person: true, min_gain: 0.0}
"""
    (tmp_path / "params.yaml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(("key", "value"), [("policy", "automatic"), ("second_person", False)])
def test_looser_policy_of_a_run_is_refused_with_the_key_and_both_values(root, key, value):
    with pytest.raises(ConfigError, match=rf"'promote\.{key}' cannot be {value!r}.*looser than") as refused:
        check_overrides(root, {f"promote.{key}": value})
    assert "reviewed commit" in refused.value.fix


def test_stricter_policy_of_a_run_is_accepted(root):
    overrides = {"promote.policy": "never", "promote.min_gain": 0.1}
    assert check_overrides(root, overrides) == overrides
    (root / "params.yaml").write_text("promote: {policy: automatic, second_person: false}\n")
    assert check_overrides(root, {"promote.policy": "approval", "promote.second_person": True})


def test_policy_that_is_an_alias_of_another_value_is_not_loosened(root):
    text = "base: &base {policy: approval}\npromote: *base\n"
    (root / "params.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"'promote\.policy' cannot be 'automatic'"):
        check_overrides(root, {"base.policy": "automatic"})


def test_section_of_a_stage_of_that_name_may_have_any_policy(root):
    (root / "params.yaml").write_text("promote: {policy: eager}\n")
    assert check_overrides(root, {"promote.policy": "lazy"}) == {"promote.policy": "lazy"}


@pytest.fixture
def objectives(tmp_path):
    text = """\
base: &base {objective: 0.9, period_windows: 12, max_hours: 72}
slo:
  response: *base
  quality: {objective: 0.9, period_windows: 12, max_drop: 0.1}
"""
    (tmp_path / "params.yaml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("slo.response.objective", 0.5),
        ("slo.response.max_hours", 1000),
        ("slo.quality.max_drop", 0.9),
        ("slo.quality.period_windows", 1000),
        ("slo.quality.period_windows", 1),
        ("base.max_hours", 1000),
    ],
)
def test_looser_objective_of_a_run_is_refused_with_the_key(objectives, key, value):
    named = key.replace("base.", "slo.response.")
    with pytest.raises(ConfigError, match=rf"'{named}' cannot be {value!r}.*looser than"):
        check_overrides(objectives, {key: value})


@pytest.mark.parametrize("removed", [None, {}, 3])
def test_objective_cannot_be_removed_by_a_run(removed):
    committed = {"slo": {"quality": {"objective": 0.9, "period_windows": 12}}}
    for run in ({"slo": {"quality": removed}}, {"slo": removed}, {}):
        with pytest.raises(ConfigError, match=r"'slo\.quality"):
            refuse_looser_policy(committed, run)


def test_stricter_objective_of_a_run_is_accepted(objectives):
    stricter = {"slo.response.objective": 0.99, "slo.response.max_hours": 1, "slo.quality.max_drop": 0.01}
    assert check_overrides(objectives, stricter) == stricter


def test_section_of_a_stage_of_the_name_slo_may_be_set(tmp_path):
    (tmp_path / "params.yaml").write_text("slo: {speed: {objective: 3}}\n")
    assert check_overrides(tmp_path, {"slo.speed.objective": 1}) == {"slo.speed.objective": 1}
