"""Notes, roles and resolutions."""

from __future__ import annotations

import mlflow
import pytest

from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.errors import RegistryError
from trimtab.incidents import (
    add_note,
    find_recovery,
    join_incident,
    read_incident,
    record_pass,
    resolve_incident,
)
from trimtab.incidents.recovery import missing_checks


def test_note_and_role_are_kept_with_their_person_and_the_time_of_the_clock(store):
    join_incident(CAUSE, alert())
    add_note(CAUSE.key, "I take it", by="ada", role="lead")
    found = add_note(CAUSE.key, "the supplier sent the file of 2012", by="bob")
    assert found.roles == {"lead": "ada"}
    # Both may be of the same second.
    assert {(event.kind, event.by) for event in found.events[1:]} == {("role", "ada"), ("note", "bob")}


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2000])
def test_empty_or_endless_note_is_refused(store, text):
    join_incident(CAUSE, alert())
    with pytest.raises(RegistryError, match="it must have 1 to 1,500"):
        add_note(CAUSE.key, text, by="ada")
    assert len(read_incident(CAUSE.key).events) == 1


def test_incident_is_not_resolved_before_each_check_that_failed_has_passed(store):
    join_incident(CAUSE, alert())
    with pytest.raises(RegistryError, match="not_null of a, between of b"):
        resolve_incident(CAUSE.key, by="ada")

    record_pass("training", "validate_raw", passed(), {"between of b"})  # the other one left the suite
    with pytest.raises(
        RegistryError, match="These checks have not passed: not_null of a, since the last alert"
    ):
        resolve_incident(CAUSE.key, by="ada")
    assert missing_checks(read_incident(CAUSE.key)) == ("not_null of a",)

    record_pass("training", "validate_raw", passed("training/r3"), {"between of b", "not_null of a"})
    done = resolve_incident(CAUSE.key, by="ada")
    assert done.state == "resolved"
    assert not done.resolution.override
    assert "training/r3" in done.resolution.text


def test_pass_before_the_last_alert_proves_nothing(store):
    join_incident(CAUSE, alert(checks=()))
    record_pass("training", "validate_raw", passed(), None)
    join_incident(CAUSE, alert("training/r3", at="2026-11-28T06:00:00+00:00", checks=()))
    assert find_recovery(read_incident(CAUSE.key)) is None


def test_override_needs_a_reason_and_keeps_it(store):
    join_incident(CAUSE, alert())
    with pytest.raises(RegistryError, match="The reason has 0 characters"):
        resolve_incident(CAUSE.key, by="ada", override=" ")
    done = resolve_incident(CAUSE.key, by="ada", override="the table is retired")
    assert (done.resolution.override, done.resolution.text) == (True, "the table is retired")


def test_second_resolution_is_refused_and_changes_nothing(store):
    join_incident(CAUSE, alert())
    resolve_incident(CAUSE.key, by="ada", override="first")
    with pytest.raises(RegistryError, match="was resolved before"):
        resolve_incident(CAUSE.key, by="bob", override="second")
    assert read_incident(CAUSE.key).resolution.by == "ada"
    run = mlflow.MlflowClient(store).get_run(read_incident(CAUSE.key).run_id)
    assert run.info.status == "FINISHED"
