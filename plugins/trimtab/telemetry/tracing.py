"""The spans of a process, kept in memory until they are delivered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

NAME = "trimtab"


class Tracing:
    """The provider of tracers of a process.

    If the process has set one up already, such as Airflow's with ``[traces] otel_on``, that one is used, and
    delivers by itself.

    Args:
        resource: What the spans are about.
    """

    def __init__(self, resource: Resource) -> None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        self._kept = InMemorySpanExporter()
        self._own = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._own.add_span_processor(SimpleSpanProcessor(self._kept))

    @contextlib.contextmanager
    def span(self, name: str, attributes: Mapping[str, str]) -> Iterator[Span]:
        """Make a span the current one; an error ends it as failed.

        Args:
            name: Its name.
            attributes: Its attributes.
        """
        foreign = _foreign_provider()
        parent = None if foreign else self._run_context(name)
        tracer = (foreign or self._own).get_tracer(NAME)
        with tracer.start_as_current_span(name, context=parent, attributes=dict(attributes)) as span:
            yield span

    def add_ended(
        self,
        name: str,
        attributes: Mapping[str, str],
        traceparent: Mapping[str, str],
        *,
        begin: int,
        end: int,
    ) -> None:
        """Add the span that the spans of other processes name as their parent, unless Airflow adds it.

        Args:
            name: Its name.
            attributes: Its attributes.
            traceparent: Trace and span id, as a W3C ``traceparent``.
            begin: When it began, in nanoseconds since 1970.
            end: When it ended, likewise.
        """
        from opentelemetry import trace
        from opentelemetry.context import Context
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract(dict(traceparent))
        known = trace.get_current_span(context).get_span_context()
        if not known.is_valid or _foreign_provider():
            return
        provider = TracerProvider(
            resource=self._own.resource, id_generator=_known_ids(known), shutdown_on_exit=False
        )
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        span = provider.get_tracer(NAME).start_span(
            name, context=Context(), attributes=dict(attributes), start_time=begin
        )
        span.end(end)

    def take(self) -> Any:
        """Return the ended spans, which are forgotten then."""
        spans = self._kept.get_finished_spans()
        self._kept.clear()
        return spans

    def _run_context(self, name: str) -> Context | None:
        """Return the context of the DAG run, sampled as our sampler decides; None for the current context.

        Airflow gives each DAG run a trace whether it traces or not. Where it does not, the trace is marked
        as not sampled. Our sampler decides by the trace, so all tasks of a run decide alike.
        """
        from opentelemetry import trace
        from opentelemetry.context import Context as EmptyContext
        from opentelemetry.sdk.trace.sampling import Decision

        current = trace.get_current_span().get_span_context()
        if not current.is_valid or current.trace_flags.sampled:
            return None
        decision = self._own.sampler.should_sample(EmptyContext(), current.trace_id, name).decision
        flags = trace.TraceFlags(
            trace.TraceFlags.SAMPLED if decision is Decision.RECORD_AND_SAMPLE else trace.TraceFlags.DEFAULT
        )
        parent = trace.SpanContext(current.trace_id, current.span_id, is_remote=True, trace_flags=flags)
        return trace.set_span_in_context(trace.NonRecordingSpan(parent))


def _foreign_provider() -> TracerProvider | None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    provider = trace.get_tracer_provider()
    return provider if isinstance(provider, TracerProvider) else None


def _known_ids(known: Any) -> Any:
    """Return a generator of ids that gives those of a span context."""
    from opentelemetry.sdk.trace.id_generator import IdGenerator

    class KnownIds(IdGenerator):
        def generate_trace_id(self) -> int:
            return int(known.trace_id)

        def generate_span_id(self) -> int:
            return int(known.span_id)

    return KnownIds()
