from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

import pytest

from tests.library.otlp_receiver import dead_endpoint, mute_endpoint
from trimtab import telemetry
from trimtab.telemetry import instruments


def test_nothing_of_opentelemetry_is_imported_while_telemetry_is_off():
    code = """
import sys
from trimtab import telemetry
from trimtab.telemetry import instruments
with telemetry.span("stage train"):
    telemetry.record(instruments.RETRAINS, 1)
telemetry.flush()
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_measurements_arrive_with_the_attributes_of_the_run(collector):
    telemetry.enter_run("training", "training/manual__1")
    telemetry.record(instruments.STAGES, 1, {instruments.STATE: "ran"})
    telemetry.record(instruments.STAGES, 2, {instruments.STATE: "ran"})
    telemetry.record(
        instruments.DRIFT_VALUE, 0.25, {instruments.MODEL: "m", instruments.RULE: "max_score_psi"}
    )
    telemetry.record(instruments.RUN_DURATION, 3.5, {instruments.OUTCOME: ""})
    telemetry.flush()

    by_name = {point.name: point for point in collector.points}
    stages = by_name["trimtab.stages"]
    assert (stages.kind, stages.unit, stages.delta, stages.value) == ("sum", "{stage}", True, 3)
    assert stages.attributes == {"trimtab.pipeline": "training", "trimtab.stage.state": "ran"}
    assert by_name["trimtab.drift.value"].attributes == {
        "trimtab.model": "m",
        "trimtab.drift.rule": "max_score_psi",
    }
    assert by_name["trimtab.run.duration"].attributes == {"trimtab.pipeline": "training"}
    assert {resource["service.name"] for resource in collector.resources} == {"trimtab"}


def test_resource_is_named_by_the_standard_variables(collector, monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "flights")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod")
    telemetry.record(instruments.RETRAINS, 1)
    telemetry.flush()

    (resource,) = collector.resources
    assert resource["service.name"] == "flights"
    assert resource["deployment.environment.name"] == "prod"


def test_spans_nest_and_an_error_ends_them_as_failed(collector):
    def train() -> None:
        with telemetry.span("run p"), telemetry.span("stage train") as timing:
            timing.attributes[instruments.STATE] = "failed"
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        train()
    telemetry.flush()

    run, stage = sorted(collector.spans, key=lambda span: span.name)
    assert (stage.parent_id, stage.trace_id) == (run.span_id, run.trace_id)
    assert stage.failed
    assert stage.attributes == {"trimtab.stage.state": "failed", "error.type": "ValueError"}


def test_what_was_delivered_is_not_delivered_again(collector):
    telemetry.record(instruments.RETRAINS, 1)
    telemetry.flush()
    telemetry.flush()
    telemetry.record(instruments.RETRAINS, 2)
    telemetry.flush()

    assert [point.value for point in collector.points] == [1, 2]


def test_cumulative_counters_can_be_asked_for(collector, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative")
    telemetry.record(instruments.RETRAINS, 1)
    telemetry.flush()

    assert [point.delta for point in collector.points] == [False]


def test_forked_process_delivers_nothing_of_its_parent(collector):
    telemetry.record(instruments.RETRAINS, 1)
    child = os.fork()
    if child == 0:
        telemetry.record(instruments.RETRAINS, 10)
        telemetry.flush()
        os._exit(0)
    os.waitpid(child, 0)
    telemetry.flush()

    assert sorted(point.value for point in collector.points) == [1, 10]


def test_attribute_that_the_metric_does_not_have_is_refused(collector):
    with pytest.raises(KeyError, match=r"trimtab\.retrains has no attribute trimtab\.stage"):
        telemetry.record(instruments.RETRAINS, 1, {instruments.STAGE: "train"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")],
)
def test_invalid_variable_turns_telemetry_off_with_one_warning(
    collector, monkeypatch, caplog, variable, value
):
    monkeypatch.setenv(variable, value)
    for _ in range(3):
        with telemetry.span("run p"):
            telemetry.record(instruments.RETRAINS, 1)
    telemetry.flush()

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert value in caplog.text
    assert not collector.points


@pytest.mark.parametrize("endpoint", [dead_endpoint, mute_endpoint])
def test_collector_that_is_gone_costs_a_bounded_time_and_one_warning(monkeypatch, caplog, endpoint):
    with endpoint() as address:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        with telemetry.span("run p"):
            telemetry.record(instruments.RETRAINS, 1)
        begin = time.monotonic()
        telemetry.flush()
        seconds = time.monotonic() - begin

    assert seconds < 5  # half a second, on a machine with time
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("trimtab.telemetry.session", logging.WARNING)
    ]
    assert "metrics and traces within 0.5 s" in caplog.text


def test_process_that_never_waits_delivers_in_the_background(monkeypatch):
    with mute_endpoint() as address:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        telemetry.record(instruments.RETRAINS, 1)
        threads = threading.active_count()
        telemetry.flush_in_background()
        assert threading.active_count() > threads


def test_span_of_a_run_is_the_parent_that_its_tasks_name(collector):
    carrier = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
    telemetry.add_run_span(
        "training", "training/r", carrier, {instruments.OUTCOME: "success"}, begin=1, end=2
    )
    telemetry.add_run_span("training", "training/r", {}, {}, begin=1, end=2)
    telemetry.flush()

    (span,) = collector.spans
    assert (span.name, span.trace_id) == ("run training", "0af7651916cd43dd8448eb211c80319c")
    assert (span.span_id, span.parent_id) == ("b7ad6b7169203331", "")
    assert span.attributes["trimtab.run.id"] == "training/r"
