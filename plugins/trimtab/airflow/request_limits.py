"""Requests to Airflow's REST API whose body would end a scheduler or a dag-processor are refused.

Airflow accepts any JSON as configuration of a run, hands it to its processes as msgpack and keeps it in a
database. An integer beyond 64 bits, half of a surrogate pair or a nesting without end cannot be written
there: the process that tries ends, and again after each start, until the run is deleted.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

LARGEST = 2**20  # bytes of a body that makes a run: each of its tasks gets it, and logs show it
DEEPEST = 50  # lists and mappings within each other
LOWEST_INTEGER, HIGHEST_INTEGER = -(2**63), 2**63 - 1  # what msgpack and databases hold
WRITING = {"POST", "PUT", "PATCH"}
MAKES_RUNS = re.compile(r"/api/v2/(dags/[^/]+/dagRuns|backfills|assets)(/|$)")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class RequestBodyCheck:
    """ASGI middleware of the api-server: 422 and a sentence for a body that Airflow could not pass on.

    Args:
        app: What answers everything else.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Check the body of what writes to the public API; let all else through."""
        if scope["type"] != "http" or scope["method"] not in WRITING or "/api/v2/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        body = await _read(receive, LARGEST if MAKES_RUNS.search(scope["path"]) else None)
        problem = f"it has more than {LARGEST} bytes" if body is None else problem_of(body)
        if problem:
            await _refuse(send, f"The request's body cannot be used: {problem}. Nothing has been changed")
            return
        replay = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(replay, None) or await receive()

        await self._app(scope, again, send)


def problem_of(body: bytes) -> str:
    """Return why Airflow could not pass a body on; nothing if it can, or if it is no JSON at all."""
    try:
        value = json.loads(body)
    except RecursionError:
        return f"it is nested deeper than {DEEPEST}"
    except ValueError:  # Airflow refuses it itself
        return ""
    return next(_problems(value), "")


def _problems(value: Any) -> Iterator[str]:
    """Look at every value, a level at a time: to go down by calls would end at Python's own limit."""
    level = [("", value)]
    for _ in range(DEEPEST):
        for where, inner in level:
            problem = _problem_of_value(inner)
            if problem:
                yield f"{where or 'it'} {problem}"
        level = [below for where, inner in level for below in _children(where, inner)]
        if not level:
            return
    yield f"it is nested deeper than {DEEPEST}"


def _children(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield "a key", key
            yield f"{where}.{key}".lstrip(".")[:100].encode(errors="replace").decode(), inner
    elif isinstance(value, list):
        yield from ((where, inner) for inner in value)


def _problem_of_value(value: Any) -> str:
    if isinstance(value, int) and not LOWEST_INTEGER <= value <= HIGHEST_INTEGER:
        return "is an integer of more than 64 bits"
    if isinstance(value, float) and not math.isfinite(value):
        return "is no finite number"
    if isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        return "holds a character that cannot be stored (NUL, or half of a surrogate pair)"
    return ""


async def _read(receive: Receive, limit: int | None) -> bytes | None:
    """The whole body; None if it is longer than the limit."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if limit is not None and size > limit:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


async def _refuse(send: Send, detail: str) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 422, "headers": headers})
    await send({"type": "http.response.body", "body": body})
