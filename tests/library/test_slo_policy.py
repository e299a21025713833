"""The section `slo` of `params.yaml`; tests/library/pipeline/params has what a run may change of it."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.params_sections import check_sections
from trimtab.slo_policy import Quality, Response, SloPolicy, read_slo_policy

RESPONSE = "slo:\n  response: {objective: 0.9, period_windows: 12, max_hours: 72}\n"


def policy(**objectives) -> SloPolicy:
    return SloPolicy.model_validate(objectives)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slo:\n  freshness: {objective: 0.9}\n", "unknown key 'freshness'; did you mean"),
        ("slo:\n  response: {objective: 1.0, period_windows: 12, max_hours: 72}\n", "'response.objective'"),
        (
            "slo:\n  response: {objective: 0.9, period_days: 12, max_hours: 72}\n",
            "period_windows' is missing",
        ),
        ("slo:\n  response: {objective: 0.9, period_windows: 12, max_hours: 0}\n", "'response.max_hours'"),
        ("slo:\n  response: {objective: 0.9, period_windows: 0, max_hours: 1}\n", "period_windows"),
        ("slo:\n  quality: {objective: 0.9, period_windows: 12, max_drop: .nan}\n", "quality.max_drop"),
        ("slo:\n  data_freshness: {objective: 0.9, period_windows: 3, max_days: 3}\n", "period_days"),
        ("slo: 0.9\n", "slo"),
    ],
)
def test_objective_that_is_not_valid_is_refused_before_anything_runs(tmp_path, text, said):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        check_sections(tmp_path, stages=())
    with pytest.raises(ConfigError, match=said):
        read_slo_policy(tmp_path)


@pytest.mark.parametrize("text", ["train: {}\n", "slo:\n", "slo: {}\n", None])
def test_project_without_objectives_has_no_policy(tmp_path, text):
    if text is not None:
        (tmp_path / "params.yaml").write_text(text)
    assert read_slo_policy(tmp_path) is None


def test_objectives_are_read_in_the_order_of_the_section(tmp_path):
    (tmp_path / "params.yaml").write_text(RESPONSE)
    assert [name for name, _ in read_slo_policy(tmp_path).objectives()] == ["response"]


def test_tightened_policy_has_the_stricter_value_of_each_and_loses_no_objective():
    committed = policy(
        response={"objective": 0.9, "period_windows": 12, "max_hours": 72},
        quality={"objective": 0.8, "period_windows": 12, "max_drop": 0.1},
    )
    run = policy(
        response={"objective": 0.5, "period_windows": 999, "max_hours": 24},
        scores={"objective": 0.9, "period_windows": 12, "max_hours": 1},
    )
    tightened = run.tighten(committed)
    assert tightened.response == Response(objective=0.9, period_windows=12, max_hours=24)
    assert tightened.quality == committed.quality
    assert tightened.scores == run.scores


def test_tightened_threshold_that_only_one_policy_has_is_that_one():
    one = policy(quality={"objective": 0.9, "period_windows": 12})
    other = policy(quality={"objective": 0.9, "period_windows": 12, "max_drop": 0.1})
    expected = Quality(objective=0.9, period_windows=12, max_drop=0.1)
    assert one.tighten(other).quality == other.tighten(one).quality == expected
    assert one.tighten(one).quality == one.quality
