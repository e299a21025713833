"""Bodies of requests that Airflow could not pass on to its other processes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.airflow.plugin import TrimtabPlugin
from trimtab.airflow.request_limits import DEEPEST, LARGEST, RequestBodyCheck, problem_of

TRIGGER = "/api/v2/dags/training/dagRuns"


def ask(body: bytes, *, method: str = "POST", path: str = TRIGGER, chunk: int = 10_000) -> tuple[int, str]:
    """Send a body through the middleware, in chunks; what is behind it answers 200 and the body."""
    sent: list[dict[str, Any]] = []
    chunks = [body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""]
    messages = iter(
        [
            {"type": "http.request", "body": part, "more_body": number < len(chunks) - 1}
            for number, part in enumerate(chunks)
        ]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        whole, more = b"", True
        while more:
            message = await receive()
            whole, more = whole + message["body"], message["more_body"]
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": whole})

    scope = {"type": "http", "method": method, "path": path}
    asyncio.run(RequestBodyCheck(behind)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1" + "0" * 400, "conf.train.max_iter is an integer of more than 64 bits"),
        (str(2**63), "64 bits"),
        (str(-(2**63) - 1), "64 bits"),
        (f'[{{"a": [{2**70}]}}]', "64 bits"),
        ("NaN", "no finite number"),
        ("-Infinity", "no finite number"),
        ("1e999", "no finite number"),
        (r'"\ud800"', "surrogate"),
        (r'{"\udfff": 1}', "surrogate"),
        (r'"a\u0000b"', "NUL"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested deeper"),
        ("[" * 100_000 + "]" * 100_000, "nested deeper"),
        ('"' + "x" * LARGEST + '"', f"more than {LARGEST} bytes"),
    ],
)
def test_body_that_airflow_cannot_store_is_refused_with_the_reason(value, reason):
    status, answer = ask(f'{{"logical_date": null, "conf": {{"train.max_iter": {value}}}}}'.encode())
    assert status == 422
    assert reason in json.loads(answer)["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"no json", b'{"conf": {"n": 1' + b"0" * 5000 + b"}}", b'{"conf": {"a": [1.5, null]}}']
)
def test_valid_body_reaches_airflow_unchanged(body):
    assert ask(body, chunk=3) == (200, body.decode())


@pytest.mark.parametrize(
    ("method", "path"), [("GET", TRIGGER), ("DELETE", TRIGGER), ("POST", "/execution/xcoms")]
)
def test_request_that_writes_nothing_to_the_public_api_is_not_read(method, path):
    assert ask(b"[" + b"9" * 30 + b"]", method=method, path=path)[0] == 200


def test_body_of_another_request_may_be_larger_than_that_of_a_run():
    body = json.dumps({"value": "x" * LARGEST}).encode()
    assert ask(body, method="PATCH", path="/api/v2/variables/v")[0] == 200
    assert ask(body, path="/api/v2/backfills")[0] == 422


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_accepted_body_can_be_written_as_msgpack(value):
    body = json.dumps(value).encode()
    if not problem_of(body):
        msgspec.msgpack.encode(json.loads(body))


def test_plugin_adds_the_body_check_to_the_api_server():
    assert [entry["middleware"] for entry in TrimtabPlugin.fastapi_root_middlewares] == [RequestBodyCheck]
