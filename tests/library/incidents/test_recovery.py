"""The proof that what failed works again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.incidents import Incident, find_recovery
from trimtab.incidents.recovery import missing_checks

OPENED = datetime.fromisoformat(alert().at)


def made(*events, **about):
    return Incident("x-1", "run", replace(CAUSE, **about), events, alert().at)


def test_each_check_that_failed_has_to_pass_in_one_run_or_another():
    one, two = (
        passed(f"training/r{n}").model_copy(update={"checks": (check,)})
        for n, check in ((2, "not_null of a"), (3, "between of b"))
    )
    assert find_recovery(made(alert(), one)) is None
    assert missing_checks(made(alert(), one)) == ("between of b",)
    assert find_recovery(made(alert(), one, two)).run == "training/r3"


def test_success_of_a_task_without_checks_is_the_proof():
    assert find_recovery(made(alert(checks=()), passed())).run == "training/r2"
    assert find_recovery(made(alert(checks=()))) is None


@pytest.fixture
def recorded(project):
    """A project, and a function that records a run of the DAG `training` at some time after the alert."""
    from trimtab.pipeline.record import RunNote, StageNote, write_run_note

    checkout = project()
    run = checkout.run_all(name="training-r9")

    def record(hours: float, pipeline: str = "training", stages=("draw",)):
        note = RunNote(
            pipeline=pipeline,
            recorded=OPENED + timedelta(hours=hours),
            revision=run.revision,
            stages={stage: StageNote("host", "", True) for stage in stages},
            environments={},
        )
        name = run.record.experiment
        write_run_note(checkout.root, name, note)
        return checkout.root

    return record


def test_recorded_run_after_the_alert_is_the_proof_for_a_stage(recorded):
    failed = made(alert(checks=()), kind="task failed", subject="draw")
    assert find_recovery(failed, recorded(-1)) is None, "it was recorded before"
    assert find_recovery(failed, recorded(1, pipeline="drift_check")) is None, "of another DAG"
    assert find_recovery(failed, recorded(1, stages=("other",))) is None, "it has no such stage"
    found = find_recovery(failed, recorded(1))
    assert found.at == (OPENED + timedelta(hours=1)).astimezone(UTC).isoformat(timespec="seconds")


def test_recorded_run_is_no_proof_for_a_check_that_may_have_left_the_suite(recorded):
    assert find_recovery(made(alert(), subject="draw"), recorded(1)) is None
