from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback

import pytest

from trimtab.errors import RegistryError
from trimtab.registry import find_champion, publish, require_server
from trimtab.registry.tracking import server as module

SECRET = "s3cr3t"


def test_require_server_returns_the_address_of_a_healthy_server(client, server):
    assert require_server() == server


@pytest.mark.timeout(120)  # MLflow's own retries are over after many minutes
def test_publish_fails_soon_when_the_server_does_not_answer(
    client, project, closed_port, assert_nothing_registered
):
    candidate = project.gather()
    os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{closed_port}"

    with pytest.raises(
        RegistryError, match=f"http://127.0.0.1:{closed_port}[\\s\\S]*nothing has been registered"
    ):
        publish(candidate)

    os.environ["MLFLOW_TRACKING_URI"] = client.tracking_uri
    assert_nothing_registered(project.name)


def test_require_server_fails_when_the_server_hangs(monkeypatch):
    monkeypatch.setattr(module, "MLFLOW_HEALTH_TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(RegistryError, match="does not answer: timed out"):
            require_server()


def test_require_server_fails_when_the_address_is_not_mlflow(client, server):
    os.environ["MLFLOW_TRACKING_URI"] = f"{server}/elsewhere"

    with pytest.raises(RegistryError, match="/health returned status 404"):
        require_server()


@pytest.mark.parametrize("value", ["", "  "])
def test_require_server_fails_with_a_fix_when_the_address_is_not_set(value):
    os.environ["MLFLOW_TRACKING_URI"] = value

    with pytest.raises(RegistryError, match="export MLFLOW_TRACKING_URI="):
        require_server()


@pytest.mark.parametrize("value", ["localhost:5000", "./mlruns", f"alice:{SECRET}@host:5000"])
def test_require_server_refuses_an_address_without_a_scheme(value):
    os.environ["MLFLOW_TRACKING_URI"] = value

    with pytest.raises(RegistryError, match="no scheme") as caught:
        require_server()

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("act", [require_server, lambda: find_champion("flights")])
def test_credentials_are_in_no_error_message_and_no_stack_trace(closed_port, act):
    os.environ["MLFLOW_TRACKING_URI"] = f"http://alice:{SECRET}@127.0.0.1:{closed_port}"

    with pytest.raises(RegistryError) as caught:
        act()

    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert f"http://127.0.0.1:{closed_port}" in str(caught.value)


def test_credentials_reach_the_client_and_are_stored_nowhere(client, server, project, runs):
    os.environ["MLFLOW_TRACKING_URI"] = server.replace("http://", f"http://alice:{SECRET}%40@") + "/"

    version = publish(project.gather())

    assert os.environ["MLFLOW_TRACKING_USERNAME"] == "alice"
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == f"{SECRET}@"
    run = client.get_run(version.run_id)
    assert SECRET not in repr((version, run, client.get_model_version(version.name, "1")))


def test_connection_raises_a_registry_error_when_the_server_refuses_a_request(client):
    with (
        pytest.raises(RegistryError, match="MLflow refused a request"),
        module.connection() as connected,
    ):
        connected.get_model_version("there is no such model", "1")


def test_public_names_of_the_registry_import_no_heavy_package():
    heavy = {"mlflow", "sklearn", "pandas", "skops", "dvc", "httpx"}
    code = "import sys, trimtab.registry as r; [getattr(r, n) for n in r.__all__]; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert heavy.isdisjoint(done.stdout.split())
