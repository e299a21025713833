"""A real OTLP/HTTP receiver in a thread of the test, which decodes what it gets; one that never answers."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

HOST = "127.0.0.1"


@dataclass(frozen=True)
class ReceivedSpan:
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    failed: bool
    attributes: dict[str, Any]


@dataclass(frozen=True)
class ReceivedPoint:
    name: str
    kind: str
    unit: str
    delta: bool
    value: float
    attributes: dict[str, Any]


@dataclass
class Received:
    """What a receiver has got so far."""

    endpoint: str
    resources: list[dict[str, Any]] = field(default_factory=list)
    spans: list[ReceivedSpan] = field(default_factory=list)
    points: list[ReceivedPoint] = field(default_factory=list)

    def values(self, name: str, *attributes: str) -> dict[Any, float]:
        """The sums of a metric, by the values of attributes: one, or a tuple of several."""
        sums: dict[Any, float] = {}
        for point in self.points:
            if point.name == name:
                found = tuple(point.attributes.get(each, "") for each in attributes)
                key = found[0] if len(found) == 1 else found
                sums[key] = sums.get(key, 0) + point.value
        return sums

    def add_traces(self, body: bytes) -> None:
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(plain(each.resource.attributes))
            for span in (span for scope in each.scope_spans for span in scope.spans):
                self.spans.append(
                    ReceivedSpan(
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        span.status.code == 2,
                        plain(span.attributes),
                    )
                )

    def add_metrics(self, body: bytes) -> None:
        for each in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            self.resources.append(plain(each.resource.attributes))
            for metric in (metric for scope in each.scope_metrics for metric in scope.metrics):
                kind = metric.WhichOneof("data")
                data = getattr(metric, kind)
                delta = getattr(data, "aggregation_temporality", 0) == 1
                for point in data.data_points:
                    value = point.sum if kind == "histogram" else point.as_double or point.as_int
                    about = plain(point.attributes)
                    self.points.append(
                        ReceivedPoint(metric.name, kind, metric.unit, delta, float(value), about)
                    )


def plain(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextlib.contextmanager
def otlp_receiver() -> Iterator[Received]:
    """Run a receiver."""
    with ThreadingHTTPServer((HOST, 0), BaseHTTPRequestHandler) as server:
        received = Received(f"http://{HOST}:{server.server_port}")

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                {"/v1/traces": received.add_traces, "/v1/metrics": received.add_metrics}[self.path](body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        server.RequestHandlerClass = Handler
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield received
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def mute_endpoint() -> Iterator[str]:
    """Give an address that takes connections and never answers."""
    with socket.create_server((HOST, 0), backlog=64) as server:
        yield f"http://{HOST}:{server.getsockname()[1]}"


@contextlib.contextmanager
def dead_endpoint() -> Iterator[str]:
    """Give an address where nothing listens, and nothing will: the port is bound."""
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        yield f"http://{HOST}:{bound.getsockname()[1]}"
