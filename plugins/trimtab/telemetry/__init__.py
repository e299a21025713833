"""OpenTelemetry metrics and traces of runs, off until the standard ``OTEL_*`` variables name a collector.

Nothing of OpenTelemetry is imported while it is off: a DAG file is parsed every few seconds.
"""

from __future__ import annotations

from trimtab.telemetry import instruments
from trimtab.telemetry.instruments import Attribute, Instrument
from trimtab.telemetry.session import (
    Timing,
    add_run_span,
    enter_run,
    flush,
    flush_in_background,
    is_on,
    record,
    span,
)

__all__ = [
    "Attribute",
    "Instrument",
    "Timing",
    "add_run_span",
    "enter_run",
    "flush",
    "flush_in_background",
    "instruments",
    "is_on",
    "record",
    "span",
]
