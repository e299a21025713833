"""The Airflow of a project: named by the environment, or the running local one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from trimtab.errors import ServiceError
from trimtab.local.airflow_server import airflow_address, connect_to_airflow
from trimtab.local.state_folder import StateFolder


class Handler(BaseHTTPRequestHandler):
    """An Airflow that gives a token for one password, and answers with what it was asked with."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(201 if body["password"] == "right" else 401, {"access_token": "the-token"})

    def do_GET(self) -> None:
        self._answer(200, {"version": "3.3.2", "header": self.headers.get("Authorization", "")})

    def _answer(self, status: int, content: dict[str, str]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url(monkeypatch) -> Iterator[str]:
    for name in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"TRIMTAB_AIRFLOW_{name}", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{http.server_port}"
        monkeypatch.setenv("TRIMTAB_AIRFLOW_URL", f"{address}/")
        yield address
        http.shutdown()


def test_user_and_password_are_exchanged_for_a_token(url, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_AIRFLOW_USERNAME", "vera")
    monkeypatch.setenv("TRIMTAB_AIRFLOW_PASSWORD", "right")
    assert connect_to_airflow(tmp_path).get("/x").json()["header"] == "Bearer the-token"


def test_token_of_the_environment_is_used(url, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_AIRFLOW_TOKEN", "mine")
    assert connect_to_airflow(tmp_path).get("/x").json()["header"] == "Bearer mine"


def test_wrong_password_is_refused_and_not_shown(url, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_AIRFLOW_USERNAME", "vera")
    monkeypatch.setenv("TRIMTAB_AIRFLOW_PASSWORD", "wrong-one")
    with pytest.raises(ServiceError, match="does not accept the credentials: status 401") as refused:
        connect_to_airflow(tmp_path)
    assert "wrong-one" not in str(refused.value)


def test_server_that_does_not_answer_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_AIRFLOW_URL", "http://vera:secret@127.0.0.1:9")
    with pytest.raises(ServiceError, match="does not answer") as refused:
        connect_to_airflow(tmp_path)
    assert "secret" not in str(refused.value)


def test_running_local_airflow_is_found_and_gets_no_token(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    assert airflow_address(tmp_path) == ""
    with StateFolder(tmp_path) as state:
        state.save_ports({"airflow": 4711, "mlflow": 4712})
        assert airflow_address(tmp_path) == "http://127.0.0.1:4711"
    assert airflow_address(tmp_path) == ""
