"""Ports, environment and failures of the local servers; `tests/library/e2e` starts the real servers."""

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
from trimtab.local.servers import LocalServers, running_servers
from trimtab.local.state_folder import StateFolder, running_mlflow

IDLE = ("python", "-c", "import time; time.sleep(60)")


@pytest.fixture
def servers(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    with StateFolder(tmp_path) as state:
        yield LocalServers(tmp_path, state, f"http://{HOST}:1", f"http://{HOST}:2")


@pytest.mark.parametrize("variable", ["TRIMTAB_AIRFLOW_PORT", "TRIMTAB_MLFLOW_PORT"])
def test_port_in_use_is_refused_before_a_server_starts(servers, monkeypatch, variable):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        monkeypatch.setenv(variable, str(taken.getsockname()[1]))
        with (
            pytest.raises(ServiceError, match=variable),
            running_servers(servers.project, servers.state, Console(file=StringIO())),
        ):
            pass
    assert list(servers.state.logs.iterdir()) == []


def test_port_that_is_not_a_number_is_refused(servers, monkeypatch):
    monkeypatch.setenv("TRIMTAB_MLFLOW_PORT", "web")
    with (
        pytest.raises(ServiceError, match="The port cannot be used: web"),
        running_servers(servers.project, servers.state, Console(file=StringIO())),
    ):
        pass


def test_check_of_a_server_that_ended_raises_the_end_of_its_log(servers):
    servers._spawn("python", "python", "-c", "print('no database'); raise SystemExit(3)")
    servers.servers["python"].wait()
    with pytest.raises(ServiceError, match="exit code 3\nno database"):
        servers.check()


def test_stop_ends_the_child_processes_of_the_servers(servers):
    servers._spawn("python", "python", "-c", "import subprocess; subprocess.run(['sleep', '60'])")
    parent = servers.servers["python"].pid
    while not (children := os.popen(f"pgrep -P {parent}").read().split()):
        pass
    servers.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in [parent, *children])


def test_servers_listen_on_the_loopback_interface(servers):
    settings = environment(servers.project, servers.state, servers.airflow_url, servers.mlflow_url)
    assert settings["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert settings["MLFLOW_TRACKING_URI"].startswith("http://127.0.0.1:")


def test_server_that_ends_is_restarted_and_reported(servers, monkeypatch):
    servers._spawn("poisoned", "python", "-c", "print('out of luck'); raise SystemExit(3)")
    servers._spawn("well", *IDLE)

    class Output(StringIO):
        """What the console is told; Ctrl-C once that is three deaths."""

        def write(self, text: str) -> int:
            if self.getvalue().count("ended") >= 3:
                raise KeyboardInterrupt
            return super().write(text)

    output = Output()
    monkeypatch.setattr("trimtab.local.servers.RESTART_DELAYS", (0, 0))
    monkeypatch.setattr("trimtab.local.servers.POLL", 0.05)
    monkeypatch.setattr("trimtab.local.servers.TRIGGERER", IDLE)
    try:
        with pytest.raises(KeyboardInterrupt):
            servers.restart_until_interrupted(Console(file=output))
        assert servers.servers["well"].poll() is None
        assert "poisoned ended with exit code 3, its log is" in output.getvalue()
        log = (servers.state.logs / "poisoned.log").read_text()
        assert log.count("out of luck") >= 2, "why it ended the last time is kept"
    finally:
        servers.stop()


def test_port_of_the_last_start_is_used_again(servers, monkeypatch):
    monkeypatch.delenv("TRIMTAB_MLFLOW_PORT", raising=False)
    port = choose_port("TRIMTAB_MLFLOW_PORT", 0)
    servers.state.save_ports({"airflow": 0, "mlflow": port})
    assert servers.state.last_ports() == {"airflow": 0, "mlflow": port}
    assert choose_port("TRIMTAB_MLFLOW_PORT", port) == port
    with socket.socket() as taken:
        taken.bind((HOST, port))
        taken.listen()
        assert choose_port("TRIMTAB_MLFLOW_PORT", port) != port


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mlflow": "x"}', '{"mlflow": 99999}', '{"mlflow": true}'])
def test_ports_file_that_is_not_valid_gives_no_ports(servers, text):
    (servers.state.path / "ports.json").write_text(text)
    assert servers.state.last_ports() == {"airflow": 0, "mlflow": 0}


def test_running_mlflow_is_found_only_while_the_servers_run(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    assert running_mlflow(tmp_path) is None
    assert not (tmp_path / ".trimtab").exists()
    with StateFolder(tmp_path) as state:
        state.save_ports({"airflow": 1234, "mlflow": 4321})
        assert running_mlflow(tmp_path) == "http://127.0.0.1:4321"
    assert running_mlflow(tmp_path) is None, "a commit may hold the file; nobody holds the lock"


def test_registry_command_uses_the_mlflow_of_the_running_servers(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with StateFolder(tmp_path) as state:
        state.save_ports({"airflow": 1, "mlflow": 2})
        command = Path(sys.executable).parent / "trimtab"
        done = subprocess.run(
            [command, "models", "--model", "m"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert "http://127.0.0.1:2" in done.stderr
