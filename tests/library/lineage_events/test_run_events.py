"""Run events of `trimtab run`: a start and an end per stage, off by default, harmless without a backend."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.library.registry.fixtures import free_port
from trimtab.cli.main import cli
from trimtab.lineage_events import run_events

# What OpenLineage's core schema requires, https://openlineage.io/spec/2-0-2/OpenLineage.json.
REQUIRED = {"eventTime", "producer", "schemaURL", "run", "job"}


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    """The file that the run events are appended to."""
    found = tmp_path / "events.jsonl"
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(found))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    return found


def run(checkout, monkeypatch, exits: int = 0) -> str:
    monkeypatch.chdir(checkout.root)
    done = CliRunner().invoke(cli, ["run"], catch_exceptions=True)
    assert done.exit_code == exits or (exits and done.exit_code), done.output
    return done.output


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_each_stage_has_a_start_and_an_end_below_the_run(project, file, monkeypatch):
    checkout = project()
    checkout.git("remote", "add", "origin", "https://alice:secret@git.example.com/flights.git")

    run(checkout, monkeypatch)

    events = read(file)
    states = [(event["job"]["name"], event["eventType"]) for event in events]
    stages = [f"project.{name}" for name in ("draw", "clean", "count", "judge")]
    inner = [(stage, type_) for stage in stages for type_ in ("START", "COMPLETE")]
    assert states == [("project", "START"), *inner, ("project", "COMPLETE")]
    whole = events[0]["run"]["runId"]
    assert {event["run"]["facets"]["parent"]["run"]["runId"] for event in events[1:-1]} == {whole}
    clean = next(event for event in events if event["job"]["name"] == "project.clean")
    locked = {item["path"]: item["md5"] for item in checkout.locked("clean")["deps"]}
    versions = {item["name"]: item["facets"]["version"]["datasetVersion"] for item in clean["inputs"]}
    assert versions == locked
    assert "secret" not in file.read_text()


def test_events_have_what_the_core_schema_requires(project, file, monkeypatch):
    run(project(), monkeypatch)

    for event in read(file):
        assert event.keys() >= REQUIRED
        assert datetime.fromisoformat(event["eventTime"]).tzinfo
        uuid.UUID(event["run"]["runId"])
        facets = [*event["run"]["facets"].values(), *event["job"]["facets"].values()]
        for item in (*event["inputs"], *event["outputs"]):
            facets += [*item["facets"].values(), *item.get("inputFacets", {}).values()]
        for facet in facets:
            assert facet["_producer"].startswith("https://")
            assert facet["_schemaURL"].startswith("https://openlineage.io/spec/")


def test_stage_that_fails_has_the_event_fail_and_so_has_the_run(project, file, monkeypatch):
    checkout = project()
    checkout.edit("dvc.yaml", "cat data/rows.txt data/source.txt > data/clean.txt", "exit 3")

    run(checkout, monkeypatch, exits=1)

    ends = {event["job"]["name"]: event["eventType"] for event in read(file)}
    assert ends == {"project": "FAIL", "project.draw": "COMPLETE", "project.clean": "FAIL"}


def test_unchanged_stage_has_no_event(project, file, monkeypatch):
    run(project(ran=True), monkeypatch)

    assert [event["job"]["name"] for event in read(file)] == ["project", "project"]


@pytest.mark.timeout(60)  # a run that waits for the backend hangs
def test_backend_that_is_gone_costs_a_warning_and_a_bounded_time(project, caplog, monkeypatch):
    monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(run_events, "DELIVERY_SECONDS", 0.5)
    checkout = project()
    with caplog.at_level(logging.WARNING, "trimtab"):
        run(checkout, monkeypatch)

    (warning,) = [each for each in caplog.records if each.name.startswith("trimtab.lineage_events")]
    assert "did not take all" in warning.getMessage()
    assert checkout.repro() == [], "the run itself is complete"
