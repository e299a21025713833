"""Limits of the request bodies that Airflow's REST API accepts.

Airflow accepts any JSON as configuration of a run, passes it to its processes as msgpack and stores it in a
database. Neither takes an integer beyond 64 bits, half of a surrogate pair or endless nesting. A scheduler or
dag-processor that meets such a value ends, and ends again after each start, until the run is deleted.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, TypeAlias

from trimtab.json_value import JsonValue

LARGEST = 2**20  # bytes of a body that makes a run: each task of the run gets it, and logs show it
DEEPEST = 50  # levels of nesting
LOWEST_INTEGER, HIGHEST_INTEGER = -(2**63), 2**63 - 1  # limits of msgpack and databases
WRITE_METHODS = {"POST", "PUT", "PATCH"}
MAKES_RUNS = re.compile(r"/api/v2/(dags/[^/]+/dagRuns|backfills|assets)(/|$)")

Message: TypeAlias = MutableMapping[str, Any]  # as ASGI defines it
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class RequestBodyCheck:
    """ASGI middleware of the api-server: answers 422 to a body that Airflow cannot store or pass on.

    Args:
        app: The application that gets every other request.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Check the body of a request that writes to the public API; pass on every other request."""
        if scope["type"] != "http" or scope["method"] not in WRITE_METHODS or "/api/v2/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        body = await _read(receive, LARGEST if MAKES_RUNS.search(scope["path"]) else None)
        problem = f"it has more than {LARGEST} bytes" if body is None else problem_of(body)
        if problem:
            await _refuse(send, f"The request's body is invalid: {problem}. Nothing has been changed")
            return
        replay = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(replay, None) or await receive()

        await self._app(scope, again, send)


def problem_of(body: bytes) -> str:
    """Return why Airflow cannot store or pass on a body; empty if it can, or if the body is no JSON."""
    try:
        value = json.loads(body)
    except RecursionError:
        return f"it is nested deeper than {DEEPEST}"
    except ValueError:  # Airflow itself refuses it
        return ""
    return next(_problems(value), "")


def _problems(value: JsonValue) -> Iterator[str]:
    """Check every value, level by level: recursion would end at Python's own limit."""
    level: list[tuple[str, JsonValue]] = [("", value)]
    for _ in range(DEEPEST):
        for where, inner in level:
            problem = _problem_of_value(inner)
            if problem:
                yield f"{where or 'it'} {problem}"
        level = [below for where, inner in level for below in _children(where, inner)]
        if not level:
            return
    yield f"it is nested deeper than {DEEPEST}"


def _children(where: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield "a key", key
            yield f"{where}.{key}".lstrip(".")[:100].encode(errors="replace").decode(), inner
    elif isinstance(value, list):
        yield from ((where, inner) for inner in value)


def _problem_of_value(value: JsonValue) -> str:
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
