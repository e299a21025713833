"""A proxy between a client and a real server, that injects delays, cut connections and errors."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Forwards data between its port and a server.

    Attributes:
        port: The port it listens on, on the loopback interface.
        target: The server's port.
        delay: Delay of each chunk, in seconds.
        requests: Number of requests so far: chunks from a client that start with a method.
        answer: Answer that it sends instead of the server, from request ``after`` on.
        after: Number of undisturbed requests.
        cut: Number of bytes of an answer after which the connection is cut, from request ``after`` on.
        on: Text that the first line of a request must contain to be disturbed.
    """

    port: int
    target: int
    delay: float = 0
    requests: int = 0
    answer: bytes = b""
    after: int = 0
    cut: int = 0
    on: bytes = b""
    listener: socket.socket | None = field(default=None, repr=False)

    def heal(self) -> None:
        """Stop all faults."""
        self.delay, self.requests, self.answer, self.after, self.cut, self.on = 0, 0, b"", 0, 0, b""

    def serve(self) -> None:
        assert self.listener is not None
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._connection, args=(client,), daemon=True).start()

    def _connection(self, client: socket.socket) -> None:
        with (
            client,
            socket.create_connection(("127.0.0.1", self.target)) as server,
            contextlib.suppress(OSError),
        ):
            disturbed = threading.Event()  # while the current request of this connection is disturbed
            back = threading.Thread(target=self._answers, args=(server, client, disturbed), daemon=True)
            back.start()
            while piece := client.recv(65536):
                time.sleep(self.delay)
                if piece.split(b" ", 1)[0] in (b"GET", b"HEAD", b"PUT", b"POST"):
                    self.requests += 1
                    if self.requests > self.after and self.on in piece.split(b"\r\n", 1)[0]:
                        disturbed.set()
                    else:
                        disturbed.clear()
                    if self.answer and disturbed.is_set():
                        client.sendall(self.answer)
                        break
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)

    def _answers(self, server: socket.socket, client: socket.socket, disturbed: threading.Event) -> None:
        sent = 0
        with contextlib.suppress(OSError):
            while piece := server.recv(65536):
                time.sleep(self.delay)
                if self.cut and disturbed.is_set():
                    piece = piece[: max(self.cut - sent, 0)]
                client.sendall(piece)
                sent += len(piece)
                if self.cut and disturbed.is_set() and sent >= self.cut:
                    break
            client.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def before(target: int) -> Iterator[Proxy]:
    """Start a proxy in front of a server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener.getsockname()[1], target, listener=listener)
        threading.Thread(target=proxy.serve, daemon=True).start()
        yield proxy
