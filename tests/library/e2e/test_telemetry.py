"""What a collector receives of runs in Airflow and of `trimtab run`, and what a lost one costs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.library.e2e.small import make_project
from tests.library.e2e.world import World, until
from tests.library.otlp_receiver import Received, dead_endpoint, mute_endpoint, otlp_receiver
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.servers import running_servers
from trimtab.local.state_folder import StateFolder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("telemetry")]  # whose servers start once

STAGES = {"stage draw", "stage each@a", "stage each@b", "stage join"}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Received]]:
    """The servers on the small project, and the collector that they know."""
    project = make_project(tmp_path_factory.mktemp("watched") / "small")
    with otlp_receiver() as received, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.endpoint)
        environment.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "20000")
        with (
            StateFolder(project) as home,
            running_servers(project, home, Console(stderr=True)) as stack,
        ):
            world = World(project, home, stack, AirflowApi(stack.airflow_url))
            until(lambda: len(world.get("/dags")["dags"]) == 7, timeout=300)
            for dag in ("small", "gates", "consumer"):
                world.airflow.wait_for_dag(dag)
            yield world, received


@pytest.fixture(scope="module")
def first_run(watched: tuple[World, Received]) -> None:
    """A run whose stages all run."""
    assert watched[0].run("small", "first").state == "success"


def test_run_in_airflow_is_one_trace_with_a_span_for_each_stage(watched, first_run):
    _, received = watched
    until(lambda: any(span.name == "run small" for span in received.spans), timeout=300)

    (run,) = [span for span in received.spans if span.name == "run small"]
    stages = [span for span in received.spans if span.name.startswith("stage ")]
    assert {span.name for span in stages} == STAGES
    assert {(span.trace_id, span.parent_id) for span in stages} == {(run.trace_id, run.span_id)}
    assert {span.attributes["trimtab.run.id"] for span in [run, *stages]} == {"small/first"}
    assert received.values("trimtab.stages", "trimtab.pipeline", "trimtab.stage.state") == {
        ("small", "ran"): 4
    }
    assert (
        received.values("trimtab.run.duration", "trimtab.pipeline", "trimtab.outcome")["small", "success"] > 0
    )
    assert received.values("trimtab.run.queue.duration", "trimtab.pipeline")["small"] > 0


def test_second_run_counts_the_stages_that_the_plan_skips(watched, first_run):
    world, received = watched
    assert world.run("small", "second").state == "success"

    def states() -> dict[str, float]:
        return received.values("trimtab.stages", "trimtab.stage.state")

    until(lambda: states().get("unchanged") == 4, timeout=300)


def cpu_seconds(project: Path, **variables: str) -> tuple[float, str]:
    """The CPU time of a run whose stages all run, and what it printed to standard error."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "trimtab.cli", "run", "--force"],
        cwd=project,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    assert done.returncode == 0, done.stderr
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, done.stderr


def test_run_without_airflow_delivers_to_the_collector(tmp_path):
    project = make_project(tmp_path / "small")
    with otlp_receiver() as received:
        cpu_seconds(
            project, OTEL_EXPORTER_OTLP_ENDPOINT=received.endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="20000"
        )

    assert {span.name for span in received.spans} == {"run small", *STAGES}
    assert len({span.trace_id for span in received.spans}) == 1


def test_collector_that_is_dead_or_mute_costs_a_run_a_warning_and_an_import(tmp_path, record_property):
    project = make_project(tmp_path / "small")
    seconds: dict[str, list[float]] = {"off": [], "dead": [], "mute": []}
    with dead_endpoint() as dead, mute_endpoint() as mute:
        endpoints = {"off": "", "dead": dead, "mute": mute}
        cpu_seconds(project)
        for _ in range(5):
            for name, endpoint in endpoints.items():
                # CPU time: the wait is bounded by a test of the session, and seconds depend on the machine.
                used, printed = cpu_seconds(project, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
                seconds[name].append(used)
                assert ("did not take" in printed) is (name != "off")
                assert "Traceback" not in printed
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    record_property("seconds", str(medians))
    assert medians["dead"] < medians["off"] + 0.6
    assert medians["mute"] < medians["off"] + 0.6
