"""The local servers' ports, environment and failures; `tests/e2e` starts the real ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from trimtab.errors import ServiceError
from trimtab.local.environment import HOST, environment
from trimtab.local.ports import choose_port
from trimtab.local.servers import Stack, running
from trimtab.local.state_folder import Home, running_mlflow

IDLE = ("python", "-c", "import time; time.sleep(60)")


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


def test_a_server_that_ends_is_started_again_and_told_of(stack, monkeypatch):
    stack._spawn("poisoned", "python", "-c", "print('out of luck'); raise SystemExit(3)")
    stack._spawn("well", *IDLE)

    class Said(StringIO):
        """What the console is told; Ctrl-C once that is three deaths."""

        def write(self, text: str) -> int:
            if self.getvalue().count("ended") >= 3:
                raise KeyboardInterrupt
            return super().write(text)

    said = Said()
    monkeypatch.setattr("trimtab.local.servers.PAUSES", (0, 0))
    monkeypatch.setattr("trimtab.local.servers.LOOK", 0.05)
    monkeypatch.setattr("trimtab.local.servers.TRIGGERER", IDLE)
    try:
        with pytest.raises(KeyboardInterrupt):
            stack.keep_running(Console(file=said))
        assert stack.servers["well"].poll() is None
        assert "poisoned ended with exit code 3, its log is" in said.getvalue()
        log = (stack.home.logs / "poisoned.log").read_text()
        assert log.count("out of luck") >= 2, "why it ended the last time is kept"
    finally:
        stack.stop()


def test_the_port_of_the_last_time_is_taken_again_so_that_links_stay(stack, monkeypatch):
    monkeypatch.delenv("TRIMTAB_MLFLOW_PORT", raising=False)
    port = choose_port("TRIMTAB_MLFLOW_PORT", 0)
    stack.home.announce({"airflow": 0, "mlflow": port})
    assert stack.home.ports() == {"airflow": 0, "mlflow": port}
    assert choose_port("TRIMTAB_MLFLOW_PORT", port) == port
    with socket.socket() as taken:
        taken.bind((HOST, port))
        taken.listen()
        assert choose_port("TRIMTAB_MLFLOW_PORT", port) != port


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mlflow": "x"}', '{"mlflow": 99999}', '{"mlflow": true}'])
def test_ports_that_cannot_be_read_are_none(stack, text):
    (stack.home.path / "ports.json").write_text(text)
    assert stack.home.ports() == {"airflow": 0, "mlflow": 0}


def test_the_mlflow_of_a_running_stack_is_found_and_that_of_a_stopped_one_is_not(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    assert running_mlflow(tmp_path) is None
    assert not (tmp_path / ".trimtab").exists()
    with Home(tmp_path) as home:
        home.announce({"airflow": 1234, "mlflow": 4321})
        assert running_mlflow(tmp_path) == "http://127.0.0.1:4321"
    assert running_mlflow(tmp_path) is None, "a commit may hold the file; nobody holds the lock"


def test_a_command_of_the_registry_asks_the_mlflow_of_the_running_stack(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with Home(tmp_path) as home:
        home.announce({"airflow": 1, "mlflow": 2})
        command = Path(sys.executable).parent / "trimtab"
        done = subprocess.run(
            [command, "models", "--model", "m"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert "http://127.0.0.1:2" in done.stderr
