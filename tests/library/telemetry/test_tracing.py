"""Spans in the trace that Airflow gives a DAG run."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from trimtab import telemetry

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


def spans_in(collector, flags: str):
    context = TraceContextTextMapPropagator().extract({"traceparent": f"00-{TRACE}-{PARENT}-{flags}"})
    with trace.use_span(trace.get_current_span(context)), telemetry.span("stage train"):
        pass
    telemetry.flush()
    return [(span.trace_id, span.parent_id) for span in collector.spans]


@pytest.mark.parametrize("flags", ["00", "01"])
def test_span_belongs_to_the_trace_of_the_run_whether_airflow_traces_or_not(collector, flags):
    assert spans_in(collector, flags) == [(TRACE, PARENT)]


def test_sampler_decides_where_airflow_does_not_trace(collector, monkeypatch):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    assert spans_in(collector, "00") == []
