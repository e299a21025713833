"""The promote policy of a run is no looser than that of the commit."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.pipeline.params.overrides import check_overrides


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
