"""What Airflow's events become: the name of a run, its duration, and the span that its tasks belong to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.models.dagrun import DagRun
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from tests.library.e2e.world import until
from trimtab import telemetry
from trimtab.airflow import DoctorOperator, telemetry_listener
from trimtab.airflow.plugin import TrimtabPlugin


def ended_run(tmp_path, *, own: bool) -> DagRun:
    """A run of a DAG as the scheduler has it."""
    with DAG("nightly") as dag:
        DoctorOperator(task_id="examine", project=tmp_path) if own else EmptyOperator(task_id="wait")
    run = DagRun(dag_id="nightly", run_id="manual__1", start_date=datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC))
    run.end_date = datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    run.dag = DagSerialization.deserialize_dag(DagSerialization.to_dict(dag)["dag"])
    return run


@pytest.mark.parametrize("outcome", ["success", "failed"])
def test_run_that_ended_is_recorded_with_a_span_in_the_trace_that_airflow_gave_it(
    tmp_path, collector, outcome
):
    run = ended_run(tmp_path, own=True)
    getattr(telemetry_listener, f"on_dag_run_{outcome}")(dag_run=run, msg="")
    until(lambda: collector.points and collector.spans)  # it is delivered in the background

    assert collector.values("trimtab.run.duration", "trimtab.pipeline", "trimtab.outcome") == {
        ("nightly", outcome): 90
    }
    (span,) = collector.spans
    assert run.context_carrier["traceparent"].split("-")[1:3] == [span.trace_id, span.span_id]
    assert span.attributes["trimtab.run.id"] == "nightly/manual__1"


def test_run_of_a_dag_without_a_task_of_the_library_is_not_recorded(tmp_path, collector):
    telemetry_listener.on_dag_run_success(dag_run=ended_run(tmp_path, own=False), msg="")
    telemetry.flush()

    assert not collector.points
    assert not collector.spans


def test_airflow_gets_the_listener_from_the_plugin():
    assert telemetry_listener in TrimtabPlugin.listeners
