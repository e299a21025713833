"""The control room, of the main job: what it says of the live model is what MLflow and Airflow have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.library.e2e.world import START, World
from trimtab.local.loop import Loop
from trimtab.pipeline.graph.project import Project

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("loop")]


@pytest.fixture
def live(world: World, played: Loop) -> dict[str, Any]:
    """The answer of `trimtab status --json`, with its exit code."""
    done = subprocess.run(
        [Path(sys.executable).parent / "trimtab", "status", "--json"],
        cwd=world.project,
        env={**os.environ, "MLFLOW_TRACKING_URI": world.stack.mlflow_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    (model,) = json.loads(done.stdout)["models"]
    return {**model, "exit code": done.returncode}


def page(world: World, path: str = "") -> str:
    """Return a page of the control room."""
    answer = httpx.get(f"{world.stack.airflow_url}/trimtab/control-room{path}", timeout=60)
    answer.raise_for_status()
    return answer.text


def test_status_has_the_champion_and_each_verdict_with_what_became_of_it(
    world: World, played: Loop, live: dict[str, Any]
) -> None:
    assert str(live["champion"]["version"]) == world.champion
    assert [(window["window"], window["decision"]) for window in live["windows"]] == [
        (verdict["window"], verdict["decision"]) for verdict in played.verdicts
    ]
    assert [window["outcome"] for window in live["windows"]] == [
        *[None] * (len(played.verdicts) - 1),
        "promoted" if played.versions[-1]["promoted"] else "refused",
    ]
    assert live["budget"]["spent"] == 1
    assert live["problems"] == []


def test_champion_that_no_window_was_checked_with_is_watched(played: Loop, live: dict[str, Any]) -> None:
    assert played.versions[-1]["promoted"]
    assert (live["assessment"]["health"], live["exit code"]) == ("watch", 1)


def test_page_of_a_dag_has_the_windows_as_a_plot_and_a_table(
    world: World, played: Loop, live: dict[str, Any]
) -> None:
    shown = page(world, "/dags/drift_check")
    assert live["assessment"]["sentence"] in shown
    assert f"version {world.champion}" in shown
    assert "<svg" in shown
    for verdict in played.verdicts:
        assert verdict["window"] in shown


def test_overview_has_the_model_once_for_all_of_its_dags(world: World, played: Loop) -> None:
    assert page(world).count(">flights</") == 1


def test_page_of_a_run_has_each_stage_and_each_gate_with_its_verdict(world: World, played: Loop) -> None:
    shown = page(world, f"/dags/training/runs/loop__{START}")
    graph = Project(world.project).graph()
    assert [stage.name for stage in graph.stages if stage.name not in shown] == []
    assert shown.count("pass") >= len([stage for stage in graph.stages if stage.gate])


def test_ledger_has_each_promotion_and_compares_two_versions(world: World, played: Loop) -> None:
    shown = page(world, "/dags/training/ledger")
    assert [number for number in ("1", "2") if f"version {number}" not in shown.lower()] == []
    assert "roc_auc" in page(world, "/dags/training/compare?model=flights&left=1&right=2").lower().replace(
        " ", "_"
    )
