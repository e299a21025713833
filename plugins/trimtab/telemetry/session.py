"""The telemetry of one process: kept in memory, and delivered once, when its work is done.

So nothing is sent while a stage runs, no thread outlives a fork, and a collector that is gone costs a bounded
time at the end of the process. What it loses is said in one warning.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from trimtab.telemetry.exporters import Signal, delivery_seconds, load_exporter, wanted_exporters
from trimtab.telemetry.instruments import ERROR, PIPELINE, RUN_ID, Attribute, Instrument
from trimtab.telemetry.metering import Metering
from trimtab.telemetry.tracing import Tracing

log = logging.getLogger(__name__)

Attributes = Mapping[Attribute, str]
_NO_RUN: Attributes = {}
_run: ContextVar[Attributes] = ContextVar("trimtab_run", default=_NO_RUN)


class Timing:
    """How long a block took, and how it ended.

    Attributes:
        seconds: How long it took; set when it ends.
        error: The class of the error that ended it; empty if none did.
        attributes: Attributes that the block adds to its span.
    """

    def __init__(self) -> None:
        self.seconds, self.error = 0.0, ""
        self.attributes: dict[Attribute, str] = {}


class _Session:
    """Exporters, and what they have to deliver.

    Args:
        exporters: The name of the exporter of each signal that is on.

    Raises:
        ImportError: A package of OpenTelemetry is not installed.
        LookupError: An exporter is not installed.
        ValueError: A variable is invalid.
    """

    def __init__(self, exporters: Mapping[Signal, str]) -> None:
        self.pid = os.getpid()
        self._seconds = delivery_seconds()
        self._exporters = {signal: load_exporter(signal, name) for signal, name in exporters.items()}
        resource = _resource()
        self.tracing = Tracing(resource) if "traces" in exporters else None
        self.metering = Metering(resource) if "metrics" in exporters else None

    def deliver(self) -> None:
        """Send what was collected, and wait no longer than allowed."""
        kept = {
            "traces": self.tracing.take() if self.tracing else None,
            "metrics": self.metering.take() if self.metering else None,
        }
        missing = {signal for signal in self._exporters if kept[signal]}
        if not missing:
            return

        def send(signal: Signal) -> None:
            if self._exporters[signal].export(kept[signal]).name == "SUCCESS":
                missing.discard(signal)

        # Their message is several lines and a stack trace for each signal.
        logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
        senders = [threading.Thread(target=send, args=(signal,), daemon=True) for signal in list(missing)]
        deadline = time.monotonic() + self._seconds
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(max(0.0, deadline - time.monotonic()))
        if lost := sorted(missing):
            log.warning(
                "The collector did not take %s within %g s: %s not delivered, and the run goes on",
                " and ".join(lost),
                self._seconds,
                "they are" if len(lost) > 1 else "this is",
            )


_current: _Session | None = None
_failed_pid = 0  # of the process in which no session can be made
_starting = threading.Lock()


def is_on() -> bool:
    """Whether the environment asks for telemetry."""
    return bool(wanted_exporters())


def enter_run(pipeline: str, run_id: str) -> None:
    """Name the run that this process works on, for everything it records from now on.

    Args:
        pipeline: The DAG; without Airflow the name of the project's folder.
        run_id: The run: ``<dag id>/<run id>``.
    """
    _run.set({PIPELINE: pipeline, RUN_ID: run_id})


def record(instrument: Instrument, value: float, attributes: Attributes = _NO_RUN) -> None:
    """Record a measurement; nothing happens while telemetry is off.

    Args:
        instrument: The metric.
        value: The value, in the metric's unit.
        attributes: Values of the metric's attributes, beside those of the run. Empty ones are left out.

    Raises:
        KeyError: The metric has no such attribute.
    """
    session = _session()
    if session is None or session.metering is None:
        return
    if unknown := set(attributes) - set(instrument.attributes):
        raise KeyError(f"{instrument.name} has no attribute {', '.join(each.name for each in unknown)}")
    run = {key: value for key, value in _run.get().items() if key in instrument.attributes}
    session.metering.record(instrument, value, _named({**run, **attributes}))


@contextlib.contextmanager
def span(name: str, attributes: Attributes = _NO_RUN) -> Iterator[Timing]:
    """Measure a block, and trace it as a span of the current trace while telemetry is on.

    Args:
        name: The span's name.
        attributes: Its attributes, beside those of the run. Empty ones are left out.

    Yields:
        The timing of the block. An error of the block ends the span as failed, and is raised.
    """
    session, timing, begin = _session(), Timing(), time.monotonic()
    spans: Any = contextlib.nullcontext()
    if session and session.tracing:
        spans = session.tracing.span(name, _named({**_run.get(), **attributes}))
    with spans as current:
        try:
            yield timing
        except BaseException as err:
            timing.error = type(err).__name__
            raise
        finally:
            timing.seconds = time.monotonic() - begin
            if current is not None:
                current.set_attributes(_named({**timing.attributes, ERROR: timing.error}))


def add_run_span(
    pipeline: str,
    run_id: str,
    traceparent: Mapping[str, str],
    attributes: Attributes,
    *,
    begin: int,
    end: int,
) -> None:
    """Add the span of a DAG run that has ended: the one that the spans of its tasks have as their parent.

    Args:
        pipeline: The DAG.
        run_id: The run: ``<dag id>/<run id>``.
        traceparent: Trace and span id of the run, as a W3C ``traceparent``.
        attributes: Its attributes, beside those two.
        begin: When it began, in nanoseconds since 1970.
        end: When it ended, likewise.
    """
    session = _session()
    if session and session.tracing:
        named = _named({PIPELINE: pipeline, RUN_ID: run_id, **attributes})
        session.tracing.add_ended(f"run {pipeline}", named, traceparent, begin=begin, end=end)


def flush() -> None:
    """Deliver what this process has collected; at the end of its work."""
    if _current is not None and _current.pid == os.getpid():
        _current.deliver()


def flush_in_background() -> None:
    """Deliver what this process has collected while it works on: for a process that must never wait."""
    if _current is not None and _current.pid == os.getpid():
        threading.Thread(target=_current.deliver, daemon=True).start()


def _session() -> _Session | None:
    """Return the session of this process; None while telemetry is off, or cannot be set up."""
    global _current, _failed_pid
    exporters = wanted_exporters()
    if not exporters or _failed_pid == os.getpid():
        return None
    with _starting:
        if _current is None or _current.pid != os.getpid():  # a forked task delivers nothing of its parent
            try:
                _current = _Session(exporters)
            except (ImportError, LookupError, ValueError) as err:
                _failed_pid = os.getpid()
                log.warning("Telemetry is off: %s", err)
                return None
        return _current


def _resource() -> Any:
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    from trimtab import __version__

    own = Resource({"service.name": "trimtab", "service.version": __version__})
    return own.merge(OTELResourceDetector().detect())


def _named(attributes: Attributes) -> dict[str, str]:
    return {attribute.name: value for attribute, value in attributes.items() if value}
