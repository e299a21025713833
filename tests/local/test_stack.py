"""The local servers' ports, environment and failures; `tests/e2e` starts the real ones."""

from __future__ import annotations

import os
import socket
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from trimtab.errors import ServiceError
from trimtab.local.environment import HOST, environment
from trimtab.local.home import Home
from trimtab.local.stack import Stack, running


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    with Home(tmp_path) as home:
        yield Stack(tmp_path, home, f"http://{HOST}:1", f"http://{HOST}:2")


@pytest.mark.parametrize("variable", ["TRIMTAB_AIRFLOW_PORT", "TRIMTAB_MLFLOW_PORT"])
def test_a_port_in_use_is_refused_before_anything_starts(stack, monkeypatch, variable):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        monkeypatch.setenv(variable, str(taken.getsockname()[1]))
        with (
            pytest.raises(ServiceError, match=variable),
            running(stack.project, stack.home, Console(file=StringIO())),
        ):
            pass
    assert list(stack.home.logs.iterdir()) == []


def test_a_port_that_is_no_number_is_refused(stack, monkeypatch):
    monkeypatch.setenv("TRIMTAB_MLFLOW_PORT", "web")
    with (
        pytest.raises(ServiceError, match="Port web"),
        running(stack.project, stack.home, Console(file=StringIO())),
    ):
        pass


def test_a_server_that_ends_is_noticed_with_the_end_of_its_log(stack):
    stack._spawn("python", "python", "-c", "print('no database'); raise SystemExit(3)")
    stack.servers["python"].wait()
    with pytest.raises(ServiceError, match="exit code 3\nno database"):
        stack.check()


def test_stopping_ends_what_the_servers_started(stack):
    stack._spawn("python", "python", "-c", "import subprocess; subprocess.run(['sleep', '60'])")
    parent = stack.servers["python"].pid
    while not (children := os.popen(f"pgrep -P {parent}").read().split()):
        pass
    stack.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in [parent, *children])


def test_everything_listens_on_the_loopback_interface(stack):
    settings = environment(stack.project, stack.home, stack.airflow_url, stack.mlflow_url)
    assert settings["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert settings["MLFLOW_TRACKING_URI"].startswith("http://127.0.0.1:")
