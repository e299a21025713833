"""Real receivers of alerts: an SMTP server and a webhook, each in a thread of the test."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


class Mailbox:
    """What an SMTP server has received."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@contextlib.contextmanager
def mailbox() -> Iterator[tuple[Mailbox, dict[str, Any]]]:
    """Run an SMTP server; give what it receives, and the connection that leads there."""
    box = Mailbox()
    with socket.socket() as probe:  # the server looks for itself at the port it was given
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname=HOST, port=port)
    controller.start()
    extra = {
        "from_email": "airflow@example.com",
        "to": "oncall@example.com",
        "disable_ssl": True,
        "disable_tls": True,
    }
    try:
        yield box, {"conn_type": "smtp", "host": HOST, "port": port, "extra": extra}
    finally:
        controller.stop()


@contextlib.contextmanager
def webhook(status: int = 200) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Run an HTTP server; give what is posted to it, and the connection that leads there."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://{HOST}:{server.server_port}/services/secret-token"
    try:
        yield posted, {"conn_type": "http", "password": url}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
