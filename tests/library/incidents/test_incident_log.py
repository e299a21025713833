"""Incidents in a real MLflow store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import mlflow
import pytest

from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.errors import RegistryError, RegistryOutageError
from trimtab.incidents import (
    EXPERIMENT,
    join_incident,
    read_incident,
    read_incidents,
    record_pass,
    resolve_incident,
)


def runs(store) -> list:
    client = mlflow.MlflowClient(store)
    return list(client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id]))


def test_first_alert_opens_an_incident_and_the_next_ones_of_its_cause_join_it(store):
    first = join_incident(CAUSE, alert())
    second = join_incident(CAUSE, alert("training/r2", at="2026-11-28T04:00:00+00:00"))
    assert (first.id, second.id) == (f"{CAUSE.key}-1", f"{CAUSE.key}-1")
    assert [event.by for event in second.alerts] == ["training/r1", "training/r2"]
    assert second.opened == alert().at
    (run,) = runs(store)
    assert run.info.status == "RUNNING"


def test_callback_that_is_called_again_records_nothing_twice(store):
    join_incident(CAUSE, alert())
    again = join_incident(CAUSE, alert(at="2026-11-28T03:00:07+00:00"))
    assert len(again.alerts) == 1
    assert again.alerts[0].at == alert().at


def test_alert_of_another_cause_opens_another_incident(store):
    join_incident(CAUSE, alert())
    join_incident(replace(CAUSE, kind="gate error"), alert())
    assert len(read_incidents()) == 2


@pytest.mark.timeout(600)
def test_alerts_at_once_of_several_workers_are_one_incident(store):
    with ThreadPoolExecutor(4) as workers:
        events = [alert(f"training/r{number}") for number in range(4)]
        list(workers.map(lambda event: join_incident(CAUSE, event), events))
    join_incident(CAUSE, alert("training/last"))
    (incident,) = read_incidents()
    assert {event.by for event in incident.alerts} == {*(f"training/r{n}" for n in range(4)), "training/last"}
    assert len(runs(store)) == 1


def test_alert_after_the_resolution_opens_the_next_incident_of_the_cause(store):
    join_incident(CAUSE, alert())
    resolve_incident(CAUSE.key, by="ada", override="the supplier was told")
    assert read_incidents() == []
    again = join_incident(CAUSE, alert("training/r9"))
    assert again.id == f"{CAUSE.key}-2"
    assert [incident.id for incident in read_incidents(resolved=True)].count(f"{CAUSE.key}-1") == 1


def test_name_of_a_cause_is_its_newest_incident(store):
    join_incident(CAUSE, alert())
    resolve_incident(CAUSE.key, by="ada", override="x")
    join_incident(CAUSE, alert("training/r9", at="2026-11-29T03:00:00+00:00"))
    assert read_incident(CAUSE.key).id == f"{CAUSE.key}-2"
    assert read_incident(f"{CAUSE.key}-1").state == "resolved"


def test_pass_is_recorded_in_the_incident_of_its_task_with_the_checks_that_had_failed(store):
    join_incident(CAUSE, alert())
    join_incident(replace(CAUSE, task_id="other"), alert())
    (incident,) = record_pass("training", "validate_raw", passed(), {"between of b", "never failed"})
    found = read_incident(incident.id)
    assert [event.checks for event in found.passes] == [("between of b",)]
    assert record_pass("training", "nobody", passed(), None) == []


def test_unknown_incident_names_the_closest_one(store):
    join_incident(CAUSE, alert())
    with pytest.raises(RegistryError, match=f"did you mean '{CAUSE.key}-1'"):
        read_incident(f"{CAUSE.key}-11")


def test_event_that_somebody_has_written_into_mlflow_is_named_and_not_believed_to_be_the_systems(store):
    incident = join_incident(CAUSE, alert())
    client = mlflow.MlflowClient(store)
    client.log_param(incident.run_id, "passed-0000", passed().to_json())
    client.log_param(incident.run_id, "alert-x", "{broken")
    found = read_incident(incident.id)
    assert len(found.problems) == 2
    assert found.passes == ()


def test_mlflow_that_is_away_is_an_outage(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(RegistryOutageError):
        join_incident(CAUSE, alert())
