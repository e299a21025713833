"""Publish while the server dies, and several times at once: one run, one version, both complete."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from tests.library.faults.proxy import Proxy, before
from trimtab.errors import RegistryError
from trimtab.registry import publish

GONE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def proxy(client, server, monkeypatch) -> Iterator[Proxy]:
    """The server is behind a network that can be made to fail; the client gives up at once."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with before(urlsplit(server).port) as proxy:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{proxy.port}")
        yield proxy


@pytest.fixture
def assert_registered_once(client, runs) -> Callable[[str, str], None]:
    def look(name: str, key: str) -> None:
        (version,) = client.search_model_versions(f"name = '{name}'")
        (run,) = runs(name)
        (model,) = client.search_logged_models([run.info.experiment_id])
        assert version.run_id == run.info.run_id
        assert version.source == f"models:/{model.model_id}"
        assert version.tags["trimtab.key"] == key
        assert run.info.status == "FINISHED"
        assert str(model.status) == "READY"

    return look


def fail_at(number: int, how: str, project, proxy: Proxy, *, on: bytes = b"") -> bool:
    """Publish until the server is gone, from its request of that number on; publishing again completes it.

    Returns:
        Whether there was a request of that number.
    """
    candidate = project.gather()
    proxy.heal()
    proxy.after, proxy.on = number - 1, on
    proxy.answer, proxy.cut = (GONE, 0) if how == "refused" else (b"", 1)
    with contextlib.suppress(RegistryError, OSError):  # who has lost only the answer may find the version
        publish(candidate)
    failed = proxy.requests >= number
    proxy.heal()
    # A good network, too, closes a connection that was idle for long: who never tries again stumbles on it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        publish(candidate)
    return failed


@pytest.mark.slow
@pytest.mark.parametrize("how", ["refused", "answer lost"])
def test_publish_is_completed_by_a_retry_when_the_server_dies_as_the_version_is_created(
    project, proxy, how, assert_registered_once
):
    assert fail_at(1, how, project, proxy, on=b"model-versions/create")

    assert_registered_once(project.name, project.gather().key)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("how", ["refused", "answer lost"])
def test_publish_is_completed_by_a_retry_when_the_server_dies_at_any_request(
    project, proxy, tmp_path, how, assert_registered_once
):
    failed, number = True, 0
    while failed:
        number += 1
        copy = project.copy(tmp_path / str(number), f"{project.name}-{number}")
        failed = fail_at(number, how, copy, proxy)
        assert_registered_once(copy.name, copy.gather().key)

    assert number > 20, "publishing is a sequence of many requests"


@pytest.mark.slow
def test_publish_creates_one_version_when_several_tries_run_at_once(client, project, assert_registered_once):
    candidate, start = project.gather(), Barrier(3)

    def attempt(_: int) -> int:
        start.wait()
        return publish(candidate).version

    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(attempt, range(3)))

    assert len(found) == 1
    assert os.environ["MLFLOW_TRACKING_URI"] == client.tracking_uri
    assert_registered_once(project.name, candidate.key)
