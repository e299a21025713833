"""Which exporters the standard ``OTEL_*`` variables ask for; none of them, and telemetry is off."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

Signal = Literal["traces", "metrics"]
SIGNALS: tuple[Signal, ...] = ("traces", "metrics")
PROTOCOLS = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
DELIVERY_SECONDS = 0.5  # a task waits no longer for its collector, unless OTEL_EXPORTER_OTLP_TIMEOUT says so


def wanted_exporters(environment: Mapping[str, str] = os.environ) -> dict[Signal, str]:
    """Return the name of the exporter of each signal that is on.

    A signal is on if it has an exporter other than ``none``, or an endpoint. ``OTEL_SDK_DISABLED`` turns all
    of them off.

    Args:
        environment: The environment variables.
    """
    if _value(environment, "OTEL_SDK_DISABLED").lower() == "true":
        return {}
    found: dict[Signal, str] = {}
    for signal in SIGNALS:
        own, shared = f"OTEL_EXPORTER_OTLP_{signal.upper()}_", "OTEL_EXPORTER_OTLP_"
        endpoint = _value(environment, f"{own}ENDPOINT", f"{shared}ENDPOINT")
        name = _value(environment, f"OTEL_{signal.upper()}_EXPORTER") or ("otlp" if endpoint else "none")
        if name == "otlp":
            protocol = _value(environment, f"{own}PROTOCOL", f"{shared}PROTOCOL")
            name = PROTOCOLS.get(protocol, PROTOCOLS["http/protobuf"])
        if name != "none":
            found[signal] = name
    return found


def load_exporter(signal: Signal, name: str) -> Any:
    """Return a new exporter, set up from the environment by its own package.

    Args:
        signal: What it exports.
        name: Its name among the entry points of OpenTelemetry.

    Raises:
        LookupError: No installed package has it.
    """
    from importlib.metadata import entry_points  # it takes a while to import

    found = entry_points(group=f"opentelemetry_{signal}_exporter", name=name)
    if not found:
        raise LookupError(
            f"no installed package has the exporter '{name}' for {signal}: `pip install 'trimtab[otel]'`"
        )
    exporter = next(iter(found)).load()
    return exporter() if name == "console" else exporter(timeout=delivery_seconds())


def delivery_seconds(environment: Mapping[str, str] = os.environ) -> float:
    """Return how long a process waits for its collector, in seconds.

    Args:
        environment: The environment variables.

    Raises:
        ValueError: ``OTEL_EXPORTER_OTLP_TIMEOUT`` is no number.
    """
    milliseconds = _value(environment, "OTEL_EXPORTER_OTLP_TIMEOUT")
    return float(milliseconds) / 1000 if milliseconds else DELIVERY_SECONDS


def _value(environment: Mapping[str, str], *names: str) -> str:
    """Return the first of the variables that is set; empty if none is."""
    return next(filter(None, (environment.get(name, "").strip() for name in names)), "")
