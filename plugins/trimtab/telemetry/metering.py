"""The metrics of a process, kept in memory until they are delivered."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trimtab.telemetry.instruments import Instrument

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

NAME = "trimtab"
SECONDS = (0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400)  # bounds of the histograms of durations
DELTA = ("delta", "lowmemory")


class Metering:
    """The provider of meters of a process.

    A task is a process of its own, so its counters begin at 0. They are sent as deltas, which a collector
    adds up. ``OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`` changes that.

    Args:
        resource: What the metrics are about.
    """

    def __init__(self, resource: Resource) -> None:
        from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
        from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader

        preference = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "").lower()
        kinds = (Counter, Histogram) if (preference or DELTA[0]) in DELTA else ()
        self._reader = InMemoryMetricReader(
            preferred_temporality=dict.fromkeys(kinds, AggregationTemporality.DELTA)
        )
        provider = MeterProvider([self._reader], resource=resource, shutdown_on_exit=False)
        self._meter = provider.get_meter(NAME)
        self._instruments: dict[str, Any] = {}
        self._creating = threading.Lock()

    def record(self, instrument: Instrument, value: float, attributes: Mapping[str, str]) -> None:
        """Record a measurement.

        Args:
            instrument: The metric.
            value: The value, in its unit.
            attributes: Its attributes.
        """
        with self._creating:
            if instrument.name not in self._instruments:
                self._instruments[instrument.name] = self._create(instrument)
        measure = {"counter": "add", "gauge": "set", "histogram": "record"}[instrument.kind]
        getattr(self._instruments[instrument.name], measure)(value, dict(attributes))

    def take(self) -> Any:
        """Return what was recorded; None if nothing was. Counters begin at 0 again."""
        return self._reader.get_metrics_data() if self._instruments else None

    def _create(self, instrument: Instrument) -> Any:
        about: dict[str, Any] = {"unit": instrument.unit, "description": instrument.meaning}
        if instrument.kind == "histogram":
            about["explicit_bucket_boundaries_advisory"] = SECONDS
        return getattr(self._meter, f"create_{instrument.kind}")(instrument.name, **about)
