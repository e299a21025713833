"""Stages, grouped as the pipeline is, with what a run did to each."""

from __future__ import annotations

from trimtab.control_room.stages import StageTask, build_groups


def build(stages, states, restored=frozenset()):
    reasons = {stage.stage: f"why {stage.stage}" for stage in stages}
    return build_groups(stages, reasons, states, restored, {})


def test_groups_are_in_the_order_of_the_pipeline_and_have_the_outcome_of_each_stage():
    stages = [
        StageTask(stage="ingest", task="ingest"),
        StageTask(stage="features@a", task="features.a", upstream=("ingest",)),
        StageTask(stage="features@b", task="features.b", upstream=("ingest",)),
        StageTask(stage="judge", task="judge", upstream=("features@a", "features@b"), gate=True),
        StageTask(stage="train", task="train", upstream=("judge",)),
    ]
    states = {
        "ingest": "skipped",
        "features.a": "success",
        "features.b": "success",
        "judge": "failed",
        "train": "upstream_failed",
    }
    groups = build(stages, states, frozenset({"features.b"}))
    assert [(group.title, group.step) for group in groups] == [
        ("ingest", 1),
        ("features", 2),
        ("judge", 3),
        ("train", 4),
    ]
    outcomes = {stage.stage: stage.outcome for group in groups for stage in group.stages}
    assert outcomes == {
        "ingest": "unchanged",
        "features@a": "ran",
        "features@b": "restored",
        "judge": "failed",
        "train": "not reached",
    }
    assert groups[2].stages[0].reason == "why judge"


def test_stage_whose_task_has_no_state_waits():
    assert build([StageTask(stage="train", task="train")], {})[0].counts == {"waiting": 1}
