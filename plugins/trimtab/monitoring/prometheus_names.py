"""The names that Prometheus gives to metrics and attributes of OpenTelemetry."""

from __future__ import annotations

from trimtab.telemetry import Attribute, Instrument

UNITS = {"s": "_seconds", "By": "_bytes"}


def metric_name(instrument: Instrument) -> str:
    """Return the name of a metric in Prometheus; a histogram has ``_count``, ``_sum`` and ``_bucket`` of it.

    Args:
        instrument: The metric.
    """
    total = "_total" if instrument.kind == "counter" else ""
    return instrument.name.replace(".", "_") + UNITS.get(instrument.unit, "") + total


def label_name(attribute: Attribute) -> str:
    """Return the name of a label.

    Args:
        attribute: The attribute.
    """
    return attribute.name.replace(".", "_")


def selector(instrument: Instrument, labels: dict[Attribute, str], *, suffix: str = "") -> str:
    """Return the selector of series by the values of labels.

    Args:
        instrument: The metric.
        labels: Attributes and their values.
        suffix: Of the metric's name: ``_count`` and so on of a histogram.
    """
    wanted = ",".join(f"{label_name(key)}={quoted(value)}" for key, value in labels.items())
    return f"{metric_name(instrument)}{suffix}{{{wanted}}}"


def quoted(value: str) -> str:
    """Return a text as PromQL writes it.

    Args:
        value: The text.
    """
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
