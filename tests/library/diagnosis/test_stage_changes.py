"""Which stages differ, and why; verdicts of gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from trimtab.diagnosis.past_run import PastRun
from trimtab.diagnosis.run_content import RunContent, Verdict
from trimtab.diagnosis.stage_changes import StageChange, VerdictChange, stage_changes, verdict_changes
from trimtab.pipeline.git import Revision
from trimtab.pipeline.graph import Graph, Output, Stage

GRAPH = Graph((Stage("a", outs=(Output("x"),)), Stage("b", deps=("x",), outs=(Output("y"),))))
RUN = PastRun("r", "training", datetime(2013, 1, 1, tzinfo=UTC), Revision("a" * 40, "a" * 40, False, {}))


def content(run: PastRun = RUN, **entries: str) -> RunContent:
    made = RunContent(run, GRAPH)
    for stage, hashed in entries.items():
        out = {"a": "x", "b": "y"}[stage]
        deps = [{"path": "x", "md5": entries["a"]}] if stage == "b" else []
        made.entries[stage] = {"cmd": "c", "deps": deps, "outs": [{"path": out, "md5": hashed}]}
        made.inputs[stage] = made.entries[stage]
    return made


def test_stage_with_other_inputs_has_a_reason_and_a_state():
    ran = replace(RUN, ran={"a": True, "b": True})
    assert stage_changes(content(a="1", b="1"), content(ran, a="2", b="1")) == [
        StageChange("a", "ran", ""),
        StageChange("b", "ran", "x changed"),
    ]


def test_stage_downstream_of_a_failure_was_not_reached():
    failed = replace(RUN, failed=("a",))
    assert [(each.stage, each.state) for each in stage_changes(content(a="1", b="1"), content(failed))] == [
        ("a", "failed"),
        ("b", "not reached"),
    ]


def test_equal_runs_have_no_stage_that_differs():
    assert stage_changes(content(a="1", b="2"), content(a="1", b="2")) == []


def test_verdict_that_differs_has_its_failed_checks():
    before, after = content(), content()
    before.verdicts["gate"], after.verdicts["gate"] = Verdict("pass", ()), Verdict("fail", ("auc",))
    assert verdict_changes(before, after) == [VerdictChange("gate", "pass", "fail", ("auc",))]
    assert verdict_changes(after, after) == []
