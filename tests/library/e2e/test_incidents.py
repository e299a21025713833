"""Incidents of a real Airflow: joined, proved, resolved, and delivered after MLflow was away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.library.e2e.small import Told
from tests.library.e2e.world import World, run_as_user, until

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("tasks")]


def trimtab(world: World, *words: str) -> dict[str, Any]:
    """Call the command line in the project, and return its JSON."""
    answer: dict[str, Any] = json.loads(run_as_user(world.project, "trimtab", *words, "--json"))
    return answer


def incidents(world: World, dag: str, *words: str) -> list[dict[str, Any]]:
    found = trimtab(world, "incident", "list", *words)["incidents"]
    return [each for each in found if each["cause"]["dag_id"] == dag]


def connect(world: World, address: Mapping[str, Any]) -> None:
    """Let the connection `away` have this address."""
    url = f"{world.stack.airflow_url}/api/v2/connections"
    httpx.delete(f"{url}/away", timeout=60)
    body = {"connection_id": "away", "conn_type": "http", **address}
    httpx.post(url, json=body, timeout=60).raise_for_status()


def waiting(world: World) -> list[str]:
    found = world.get("/variables?limit=500")["variables"]
    return [each["key"] for each in found if each["key"].startswith("trimtab_incident_alert_")]


def test_failures_of_a_task_are_one_incident_until_it_has_succeeded(
    small: World, told: Told, tmp_path
) -> None:
    small.airflow.wait_for_dag("flaky")
    for run_id in ("one", "two"):
        assert small.run("flaky", run_id).state == "failed"
    # A callback runs after the state of the task is known.
    until(lambda: [len(each["events"]) for each in incidents(small, "flaky")] == [2], timeout=300)
    (incident,) = incidents(small, "flaky")
    assert [event["by"] for event in incident["events"]] == ["flaky/one", "flaky/two"]
    assert any("no rows" in event["text"] for event in incident["events"])
    key = incident["id"].removesuffix("-1")
    assert f"trimtab incident show {key}" in told.posted[-1]["text"]

    refused = subprocess.run(
        [sys.executable, "-m", "trimtab.cli", "incident", "resolve", key],
        cwd=small.project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "'work' has not passed, since the last alert" in refused.stderr

    small.airflow.wait_for_dag("incident")
    conf = {"incident": key, "action": "take the lead"}
    assert small.run("incident", "lead", conf).state == "success"
    assert small.run("incident", "too-early", {"incident": key, "action": "resolve"}).state == "failed"
    assert small.run("flaky", "three", {"fails": False}).state == "success"
    until(lambda: trimtab(small, "incident", "show", key)["recovery"], timeout=300)
    assert small.run("incident", "done", {"incident": key, "action": "resolve"}).state == "success"
    assert incidents(small, "flaky") == []

    shown = trimtab(small, "incident", "show", key)
    assert shown["state"] == "resolved"
    assert shown["recovery"]["run"] == "flaky/three"
    assert "lead" in shown["roles"]
    sources = {moment["source"] for moment in shown["timeline"]}
    assert {"alert", "check", "person", "run"} <= sources
    times = [moment["at"] for moment in shown["timeline"]]
    assert times == sorted(times)
    assert shown["times"]["to_recover"] > 0

    files = trimtab(small, "postmortem", key, "--into", str(tmp_path / "postmortem"))["files"]
    assert len(files) == 4
    draft = (tmp_path / "postmortem" / "postmortem.md").read_text()
    assert "flaky/three" in draft
    assert "**To be written by a person**" in draft


def test_alert_while_mlflow_is_away_is_delivered_when_a_task_succeeds_later(small: World) -> None:
    for dag in ("flaky", "cut_off"):
        small.airflow.wait_for_dag(dag)
    connect(small, {"host": "127.0.0.1", "port": 9})
    assert small.run("cut_off", "one").state == "failed"
    until(lambda: len(waiting(small)) == 1)
    assert incidents(small, "cut_off") == []

    assert small.run("flaky", "meanwhile", {"fails": False}).state == "success", "it does not fail others"
    assert len(waiting(small)) == 1, "MLflow is still away"

    server = urlsplit(small.stack.mlflow_url)
    connect(small, {"host": server.hostname, "port": server.port})
    assert small.run("flaky", "later", {"fails": False}).state == "success"
    until(lambda: waiting(small) == [], timeout=300)
    (incident,) = incidents(small, "cut_off")
    assert [event["by"] for event in incident["events"]] == ["cut_off/one"]
