"""What a collector receives of runs in a checkout, stages in sandboxes and gates."""

from __future__ import annotations

import json

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from trimtab import telemetry
from trimtab.errors import StageError
from trimtab.pipeline.execution import observe_run, run_stage
from trimtab.pipeline.git import pin_revision

REPORT = {"schema": "trimtab.gate-report/1", "gate": "data", "verdict": "warn", "checks": []}


def observed(checkout, **options):
    try:
        with observe_run("flights"):
            run_here(checkout, **options)
    finally:
        telemetry.flush()


def test_run_of_a_checkout_is_one_trace_with_a_span_for_each_stage(project, collector):
    observed(project(), jobs=2)

    (run,) = [span for span in collector.spans if not span.parent_id]
    stages = [span for span in collector.spans if span.parent_id]
    assert run.name == "run flights"
    assert sorted(span.name for span in stages) == ["stage clean", "stage count", "stage draw", "stage judge"]
    assert {(span.trace_id, span.parent_id) for span in stages} == {(run.trace_id, run.span_id)}
    assert len({span.attributes["trimtab.run.id"] for span in collector.spans}) == 1


def test_states_of_stages_give_the_cached_share(project, collector):
    checkout = project(ran=True)
    checkout.edit("params.yaml", "limit: 0.5", "limit: 0.6")
    observed(checkout)

    assert collector.values("trimtab.stages", "trimtab.stage.state") == {"unchanged": 3, "ran": 1}
    durations = collector.values("trimtab.stage.duration", "trimtab.stage", "trimtab.stage.state")
    assert durations["judge", "ran"] > 0
    assert collector.values("trimtab.run.duration", "trimtab.pipeline", "trimtab.outcome").keys() == {
        ("flights", "success")
    }


def test_failed_stage_is_named_with_its_error(project, collector):
    checkout = project()
    checkout.edit("dvc.yaml", "cat data/rows.txt", "exit 3; cat data/rows.txt")
    with pytest.raises(StageError):
        observed(checkout)

    assert collector.values("trimtab.stages", "trimtab.stage.state")["failed"] == 1
    errors = collector.values("trimtab.stage.duration", "trimtab.stage.state", "error.type")
    assert ("failed", "CommandError") in errors
    assert collector.values("trimtab.run.duration", "trimtab.outcome").keys() == {"failed"}


def test_stage_in_a_sandbox_has_a_span_with_its_revision(project, collector):
    checkout = project()
    plan, _ = checkout.plan(), checkout.run_all()
    telemetry.flush()

    assert {span.attributes["trimtab.revision"] for span in collector.spans} == {plan.revision.sha}
    assert collector.values("trimtab.stages", "trimtab.stage.state") == {"ran": 4}


def test_stage_whose_result_the_run_cache_has_counts_as_restored(project, collector):
    checkout = project(ran=True)
    run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "draw", {})
    telemetry.flush()

    assert collector.values("trimtab.stages", "trimtab.stage.state") == {"restored": 1}


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("cp given.json report.json", "warn"),
        ("cp given.json report.json; exit 1", "error"),
        ("sed s/warn/fail/ given.json > report.json; exit 1", "fail"),
        ("exit 1", "error"),
        ("echo '{' > report.json", "pass"),
    ],
)
def test_verdict_of_a_gate_is_that_of_its_report_and_its_exit_code(project, collector, command, verdict):
    stage = {
        "cmd": command,
        "deps": ["given.json"],
        "outs": ["report.json"],
        "meta": {"trimtab": {"gate": "data"}},
    }
    checkout = project(
        {"given.json": json.dumps(REPORT), "dvc.yaml": json.dumps({"stages": {"gate": stage}})}
    )
    try:
        observed(checkout)
    except StageError:
        assert verdict in ("error", "fail")

    found = collector.values("trimtab.gate.verdicts", "trimtab.stage", "trimtab.gate", "trimtab.gate.verdict")
    assert found == {("gate", "data", verdict): 1}
