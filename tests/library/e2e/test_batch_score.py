"""Scoring the flights to come, in the real Airflow: what the champion says of a month, kept once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.library.e2e.world import World, run_as_user
from trimtab.local.airflow_api import Run
from trimtab.local.loop import Loop

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("loop")]

MONTH = {"ingest.until": "2013-11-01"}


def kept(world: World) -> list[dict[str, Any]]:
    """Every run that holds scores."""
    url = f"{world.stack.mlflow_url}/api/2.0/mlflow"
    experiment = world.mlflow("experiments/get-by-name", experiment_name="flights-scores")["experiment"]
    found = httpx.post(
        f"{url}/runs/search", json={"experiment_ids": [experiment["experiment_id"]]}, timeout=60
    )
    runs: list[dict[str, Any]] = found.json().get("runs", [])
    return runs


def score(world: World, run_id: str, **conf: Any) -> Run:
    world.airflow.wait_for_dag("batch_score")
    run = world.run("batch_score", run_id, {**MONTH, **conf})
    failed = run.failed_tasks
    assert run.state == "success", failed and world.airflow.log(run, failed[0])
    return run


def test_a_month_is_scored_once_by_the_champion_and_in_its_shadow_by_the_challenger(
    world: World, played: Loop, tmp_path: Path
) -> None:
    first = score(world, "first")
    (scores,) = world.airflow.xcom(first, "score")
    assert first.tasks["shadow"] == "skipped"
    assert (scores["window"], str(scores["version"]), scores["created"]) == ("2013-11", world.champion, True)
    assert scores["figures"]["rows"] == 27268, "every flight of November, those that will be cancelled too"

    second = score(world, "second")
    (again,) = world.airflow.xcom(second, "score")
    assert second.tasks["upcoming"] == "skipped"
    assert (again["created"], again["run_id"]) == (False, scores["run_id"])
    assert len(kept(world)) == 1

    httpx.post(
        f"{world.stack.mlflow_url}/api/2.0/mlflow/registered-models/alias",
        json={"name": "flights", "alias": "challenger", "version": "2" if world.champion == "1" else "1"},
        timeout=60,
    ).raise_for_status()
    beside = score(world, "beside", **{"score.shadow": True})
    (shadow,) = world.airflow.xcom(beside, "shadow")
    assert world.airflow.xcom(beside, "score")[0]["run_id"] == scores["run_id"]
    assert str(shadow["version"]) != world.champion
    assert 0 <= shadow["figures"]["share_changed"] < 0.5
    assert 0.5 < shadow["figures"]["correlation"] < 1
    assert len(kept(world)) == 2


def test_the_command_gives_the_very_file_the_dag_has_kept(world: World, played: Loop, tmp_path: Path) -> None:
    (scores,) = world.airflow.xcom(score(world, "again"), "score")
    url = f"{world.stack.mlflow_url}/get-artifact"
    held = httpx.get(url, params={"run_uuid": scores["run_id"], "path": scores["file"]}, timeout=60).content
    params = world.project / "params.yaml"
    before = params.read_text()
    params.write_text(before.replace('until: "2013-06-01"', 'until: "2013-11-01"'))
    try:
        module = "pipelines.flights.upcoming"
        run_as_user(world.project, "python", "-m", module, "--upcoming", str(tmp_path / "upcoming"))
    finally:
        params.write_text(before)
    server = f"MLFLOW_TRACKING_URI={world.stack.mlflow_url}"
    out = tmp_path / "scores.parquet"
    run_as_user(world.project, "env", server, "trimtab", "score", str(tmp_path / "upcoming"), str(out))
    assert out.read_bytes() == held


def test_the_champion_is_made_again_and_is_identical(world: World, played: Loop) -> None:
    server = f"MLFLOW_TRACKING_URI={world.stack.mlflow_url}"
    shown = run_as_user(world.project, "env", server, "trimtab", "rebuild", world.champion)
    assert ": identical" in shown
