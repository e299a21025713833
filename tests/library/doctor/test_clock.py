"""The check of the clock against servers that send their date."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time

import pytest

from trimtab.doctor.clock import check_clock


@contextmanager
def server(off: float, *, zone: str = "GMT") -> Iterator[str]:
    """A server whose clock is ahead by some seconds, and that sends its date twice."""

    class Handler(BaseHTTPRequestHandler):
        def date_time_string(self, timestamp=None):
            return formatdate(time() + off, usegmt=True).replace("GMT", zone)

        def do_HEAD(self):
            self.send_response(404)
            self.send_header("Date", self.date_time_string())
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://user:secret@127.0.0.1:{http.server_port}/path"
        http.shutdown()


@pytest.mark.parametrize(
    ("off", "status", "text"),
    [
        (0, "ok", "equal to that of MLflow"),
        (60, "warning", "behind MLflow"),
        (-900, "error", "ahead of MLflow"),
    ],
)
def test_status_depends_on_the_difference(project, monkeypatch, off, status, text):
    with server(off) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        (found,) = check_clock(project().root)

    assert found.status == status
    assert found.seen.endswith(text)


def test_date_without_a_zone_is_in_utc(project, monkeypatch):
    with server(0, zone="-0000") as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        (found,) = check_clock(project().root)

    assert found.seen == "equal to that of MLflow"


def test_clock_without_a_server_is_shown(project, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")

    (found,) = check_clock(project().root)

    assert found.status == "ok"
    assert found.seen.endswith("compared with no server")
