"""A remote that is unreachable, slow, broken or corrupt: an error or a retry, never a wrong dvc.lock."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.library.faults.proxy import Proxy, before
from trimtab.errors import RemoteError
from trimtab.pipeline.cache.cache import MissingObjectError
from trimtab.pipeline.execution.plan import make_plan
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision

if TYPE_CHECKING:
    from tests.library.conftest import Checkout

pytestmark = pytest.mark.slow

FAILING = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PIPELINE = {
    ".gitignore": "/rows.txt\n/parts\n/all.txt\n",
    "params.yaml": "rows: 1\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: seq 300000 > rows.txt
    params: [rows]
    outs: [rows.txt]
  split:
    cmd: mkdir parts && split -l 100000 rows.txt parts/p
    deps: [rows.txt]
    outs: [parts]
  join:
    cmd: cat parts/* > all.txt
    deps: [parts]
    outs: [all.txt]
""",
}


@pytest.fixture
def network(s3):
    with before(int(s3.endpoint.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture
def remote(s3) -> str:
    return f"{s3.bucket}/{uuid4().hex}"


@pytest.fixture
def checkout(project, s3, network, remote, monkeypatch) -> Checkout:
    """A project whose remote is reached through the proxy."""
    for name, value in {**s3.credentials, "AWS_MAX_ATTEMPTS": "2"}.items():
        monkeypatch.setenv(name, value)
    made = project(PIPELINE)
    made.write({".dvc/config.local": settings(remote, network.port)})
    return made


def settings(url: str, port: int, more: str = "") -> str:
    return f"""[core]
    remote = shared
['remote "shared"']
    url = {url}
    endpointurl = http://127.0.0.1:{port}
{more}"""


def expected(checkout: Checkout) -> str:
    other = checkout.copy(checkout.root.parent / "undisturbed")
    (other.root / ".dvc" / "config.local").unlink()
    other.repro()
    return other.lock()


def forget_locally(checkout: Checkout) -> None:
    """Empty the cache, as on a new host."""
    for path in (checkout.root / ".dvc" / "cache").rglob("*"):
        if path.is_file():
            path.unlink()


def assert_names_the_remote(error: RemoteError) -> None:
    assert "DVC remote 'shared'" in str(error)
    assert error.fix


def test_closed_port_is_a_remote_error(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    checkout.write({".dvc/config.local": settings("s3://tests/x", port)})
    with pytest.raises(RemoteError) as raised:
        checkout.run_all()
    assert_names_the_remote(raised.value)


@pytest.mark.timeout(300)  # DVC's own time-outs are over after six minutes
@pytest.mark.parametrize(
    "more",
    ["    read_timeout = 1\n    connect_timeout = 1\n", ""],
    ids=["time-outs of the user", "time-outs of the library"],
)
def test_server_that_never_answers_is_a_remote_error(checkout: Checkout, monkeypatch, more: str) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        port = silent.getsockname()[1]
        checkout.write({".dvc/config.local": settings("s3://tests/x", port, more)})
        with pytest.raises(RemoteError) as raised:
            checkout.run_all()
    assert_names_the_remote(raised.value)


def test_wrong_credentials_are_a_remote_error(checkout: Checkout, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(RemoteError) as raised:
        checkout.run_all()
    assert_names_the_remote(raised.value)


def test_slow_network_does_not_change_the_result(checkout: Checkout, network: Proxy) -> None:
    lock = expected(checkout)
    network.delay = 0.1
    run = checkout.run_all()
    forget_locally(checkout)
    again = checkout.run_all()
    assert (
        checkout.show(run.record.commit, "dvc.lock") == checkout.show(again.record.commit, "dvc.lock") == lock
    )


@pytest.mark.parametrize("after", range(0, 24, 4))
def test_server_that_fails_half_way_is_a_remote_error_and_a_retry_succeeds(
    checkout: Checkout, network: Proxy, after: int
) -> None:
    lock = expected(checkout)
    for _ in range(2):  # empty remote; full remote and empty cache
        network.heal()
        network.answer, network.after = FAILING, after
        try:
            checkout.run_all()
        except RemoteError as err:
            assert_names_the_remote(err)
        network.heal()
        run = checkout.run_all()
        assert checkout.show(run.record.commit, "dvc.lock") == lock
        forget_locally(checkout)


@pytest.mark.parametrize("cut", [1, 500, 100_000])
def test_cut_connection_stores_no_truncated_object(checkout: Checkout, network: Proxy, cut: int) -> None:
    revision, graph = pin_revision(checkout.root), checkout.graph()
    drawn = run_stage(checkout.root, revision, graph, "draw", {})
    forget_locally(checkout)
    network.cut, network.on = cut, b"/files/md5/"
    with pytest.raises(RemoteError) as raised:
        run_stage(checkout.root, revision, graph, "split", {"draw": drawn.entry})
    assert_names_the_remote(raised.value)
    assert not any(path.is_file() for path in (checkout.root / ".dvc" / "cache" / "files").rglob("*"))
    network.heal()
    done = run_stage(checkout.root, revision, graph, "split", {"draw": drawn.entry})
    assert done.entry["outs"][0]["nfiles"] == 3


@pytest.mark.parametrize("what", ["file", "folder member", "listing"])
def test_truncated_object_in_the_remote_is_named(checkout: Checkout, s3, remote: str, what: str) -> None:
    run = checkout.run_all()
    forget_locally(checkout)
    md5 = run.entries["draw" if what == "file" else "split"]["outs"][0]["md5"]
    url = f"{remote}/files/md5/{md5[:2]}/{md5[2:]}"
    if what == "folder member":
        md5 = json.loads(s3.read(url))[1]["md5"]
        url = f"{remote}/files/md5/{md5[:2]}/{md5[2:]}"
    s3.write(url, s3.read(url)[:10])
    stage, needs = ("split", "draw") if what == "file" else ("join", "split")
    with pytest.raises(RemoteError) as raised:
        run_stage(
            checkout.root,
            run.revision,
            checkout.graph(),
            stage,
            {needs: run.entries[needs]},
            force=True,
        )
    assert_names_the_remote(raised.value)
    assert url in str(raised.value)


def test_object_that_is_in_no_remote_is_named(checkout: Checkout, s3, remote: str) -> None:
    run = checkout.run_all()
    forget_locally(checkout)
    md5 = run.entries["draw"]["outs"][0]["md5"]
    s3.delete(f"{remote}/files/md5/{md5[:2]}/{md5[2:]}")
    with pytest.raises(MissingObjectError, match="nor in the remote 'shared'"):
        run_stage(
            checkout.root,
            run.revision,
            checkout.graph(),
            "split",
            {"draw": run.entries["draw"]},
            force=True,
        )
    plan = make_plan(checkout.root, run.revision, checkout.graph())
    assert {step.stage: step.state for step in plan.steps}["draw"] == "run"
