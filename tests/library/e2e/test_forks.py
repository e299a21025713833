"""Forks with other problem types: the same commands and DAG files, and a library that nobody edits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from rich.console import Console

from tests.library.e2e.forks import ELECDEMAND, STORMS, Example, fork
from tests.library.e2e.world import World, midnight, run_as_user
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.loop import Loop, LoopDags
from trimtab.local.servers import running_servers
from trimtab.local.state_folder import StateFolder
from trimtab.pipeline.git.revision import git

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Played:
    """A fork after its main job."""

    example: Example
    world: World
    loop: Loop


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(example, id=example.name, marks=pytest.mark.xdist_group(example.name))
        for example in (ELECDEMAND, STORMS)
    ],
)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    example: Example = request.param
    project = fork(example, tmp_path_factory.mktemp("fork") / example.name)
    console = Console(stderr=True, width=120)
    with StateFolder(project) as home, running_servers(project, home, console) as servers:
        loop = Loop(servers, home, console, LoopDags("training", "drift_check"))
        loop.run(midnight(example.first_run), midnight(example.end))
        yield Played(example, World(project, home, servers, AirflowApi(servers.airflow_url)), loop)


def test_model_of_a_fork_is_registered_and_champion(played: Played) -> None:
    first = played.loop.versions[0]
    assert (first["name"], first["promoted"]) == (played.example.model, True)


def test_candidates_of_a_fork_are_compared_and_one_of_them_is_champion(played: Played) -> None:
    if played.example.name != "elecdemand":
        pytest.skip("it declares no candidate")
    versions = json.loads(run_as_user(played.world.project, "trimtab", "models", "--json"))["versions"]
    of_first_run = [one for one in versions if one["version"] in {1, 2}]
    assert {one["facts"].get("candidate", "") for one in of_first_run} == {"", "recent"}
    assert all(one["facts"]["decision"] for one in versions)


def test_drift_checks_of_a_fork_judge_its_windows_until_a_retrain(played: Played) -> None:
    verdicts = played.loop.verdicts
    assert verdicts[-1]["decision"] == "retrain"
    assert [verdict["window"] for verdict in verdicts] == list(played.example.windows[: len(verdicts)])
    assert len(played.loop.versions) == 2


def test_champion_of_a_fork_scores_the_window_to_come(played: Played) -> None:
    run_id = "to-come"
    played.world.airflow.wait_for_dag("batch_score")
    date = midnight(played.example.first_run).isoformat()
    played.world.airflow.trigger("batch_score", run_id, logical_date=date)
    run = played.world.wait("batch_score", run_id)
    assert run.state == "success"
    (scored,) = played.world.airflow.xcom(run, "score")
    assert scored["figures"]["rows"] > 0


def test_reports_of_a_fork_say_nothing_of_another_problem_type(played: Played) -> None:
    for page in played.loop.pages:
        text = page.read_text()
        assert "ROC AUC" not in text or played.example.name == "storms", page
        assert "flight" not in text.lower(), page


def test_fork_touches_nothing_in_the_library(played: Played) -> None:
    assert git(played.world.project, "diff", "--stat", "HEAD~1", "--", "plugins") == ""
    assert git(played.world.project, "status", "--porcelain") == ""


def test_run_of_a_fork_is_up_to_date_for_dvc(played: Played, tmp_path) -> None:
    run_as_user(
        played.world.project,
        "trimtab",
        "checkout",
        "training/" + f"loop__{played.example.first_run}",
        str(tmp_path / "run"),
    )
    assert "up to date" in run_as_user(tmp_path / "run", "dvc", "repro")
