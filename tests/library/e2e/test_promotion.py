"""Going back and being asked, in the real Airflow: what a person clicks, over REST."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.library.e2e.world import World, guarded, run_as_user, until
from trimtab.local.loop import Loop

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("loop"),
]


@pytest.fixture(scope="module")
def conf(world: World, played: Loop) -> dict[str, Any]:
    """What makes the content of the second model again."""
    window = played.verdicts[-1]["window"]
    run = world.get(f"/dags/training/dagRuns/drift__{window}")
    return {key: value for key, value in run["conf"].items() if key != "reason"}


@pytest.fixture(scope="module")
def vera(world: World) -> Iterator[httpx.Client]:
    """Somebody with a name, at an api-server that asks for it."""
    with guarded(world, "admin") as client:
        yield client


def answer(world: World, vera: httpx.Client, run_id: str, option: str, comment: str) -> dict[str, Any]:
    """Wait until a person is asked, and let vera answer."""
    path = f"/dags/training/dagRuns/{run_id}/taskInstances/approve"
    deadline = time.monotonic() + 300
    while world.get(path)["state"] != "awaiting_input":
        assert time.monotonic() < deadline, world.get(path)
        time.sleep(0.5)
    # Before the scheduler has heard that the task waits, Airflow loses the answer and asks again.
    time.sleep(15)
    asked: dict[str, Any] = world.get(f"{path}/-1/hitlDetails")
    vera.patch(
        f"/api/v2{path}/-1/hitlDetails",
        json={"chosen_options": [option], "params_input": {"comment": comment}},
    ).raise_for_status()
    return asked


@pytest.fixture(autouse=True)
def forgotten(world: World, played: Loop) -> None:
    """Forget what other tests of this world have had told."""
    world.posted.clear()


def assert_told(world: World, *titles: str) -> None:
    """What has been posted since this was last asked; Airflow tells when the task is done already."""
    until(lambda: len(world.posted) >= len(titles))
    assert [message["text"].splitlines()[0] for message in world.posted] == list(titles)
    world.posted.clear()


def test_one_click_goes_back_and_only_a_person_lets_the_content_in_again(world, played, conf, vera) -> None:
    assert world.champion == "2"
    asked_for = {"dag_run_id": "back", "logical_date": None, "conf": {"reason": "complaints"}}
    vera.post("/api/v2/dags/rollback/dagRuns", json=asked_for).raise_for_status()
    back = world.wait("rollback", "back")
    assert back.state == "success", world.airflow.log(back, "roll_back")
    assert world.champion == "1"
    assert world.airflow.xcom(back, "roll_back")["by"] == "vera in rollback/back"
    assert_told(world, "flights is rolled back to version 1")

    automatic = world.run("training", "same", conf)
    assert automatic.state == "success"
    assert world.airflow.xcom(automatic, "promote")["promoted"] is False
    assert "rolled back from" in world.airflow.xcom(automatic, "promote")["sentence"]
    assert world.champion == "1"
    assert_told(world, "flights version 2 is not promoted")

    for run_id, option, champion in (("no", "Reject", "1"), ("yes", "Approve", "2")):
        world.airflow.trigger("training", run_id, conf={**conf, "promote.policy": "approval"})
        asked = answer(world, vera, run_id, option, "I have looked at it")
        assert asked["subject"] == "Promote flights version 2?"
        assert "comparison/report.html" in asked["body"]
        run = world.wait("training", run_id)
        assert run.state == "success"
        assert "vera: I have looked at it" in world.airflow.xcom(run, "promote")["sentence"]
        assert world.champion == champion
        outcome = "promoted" if option == "Approve" else "not promoted"
        assert_told(world, "Promote flights version 2?", f"flights version 2 is {outcome}")

    server = f"MLFLOW_TRACKING_URI={world.stack.mlflow_url}"
    ledger = run_as_user(world.project, "env", server, "trimtab", "models", "--json")
    assert "vera in rollback/back" in ledger
    assert "vera: I have looked at it" in ledger


def test_who_gives_no_answer_by_the_deadline_has_not_promoted(world, played, conf) -> None:
    back = world.run("rollback", "again", {"reason": "complaints again", "to": 1})
    assert back.state == "success", world.airflow.log(back, "roll_back")
    assert_told(world, "flights is rolled back to version 1")

    soon = {"promote.policy": "approval", "promote.deadline_hours": 0.001}
    late = world.run("training", "late", {**conf, **soon})

    assert late.state == "success"
    assert "nobody answered within 0.001 hours" in world.airflow.xcom(late, "promote")["sentence"]
    assert world.champion == "1"
    assert_told(world, "Promote flights version 2?", "flights version 2 is not promoted")


def test_who_triggered_a_run_cannot_approve_its_model_and_another_person_can(
    world, played, conf, vera
) -> None:
    assert world.champion == "1"
    given = {**conf, "promote.policy": "approval", "promote.second_person": True}
    asked_for = {"dag_run_id": "own", "logical_date": None, "conf": given}
    vera.post("/api/v2/dags/training/dagRuns", json=asked_for).raise_for_status()

    asked = answer(world, vera, "own", "Approve", "it is mine")
    own = world.wait("training", "own")

    assert "vera triggered this run, so another person has to approve it" in asked["body"]
    assert own.state == "success"
    decision = world.airflow.xcom(own, "promote")
    assert decision["promoted"] is False
    assert "vera triggered the run, and promote.second_person asks for another person" in decision["sentence"]
    assert world.champion == "1"

    world.airflow.trigger("training", "another", conf=given)
    answer(world, vera, "another", "Approve", "I have looked at it")
    another = world.wait("training", "another")

    assert world.airflow.xcom(another, "promote")["promoted"] is True
    assert world.champion == "2"


def test_what_may_execute_when_a_model_is_loaded_cannot_be_set_by_who_triggers(world, played) -> None:
    run = world.run("training", "evil", {"validate_model.trusted_types": ["os.system"]})

    assert run.state == "failed"
    assert "lists the types that a loaded model may execute" in world.airflow.log(run, "plan")
    assert {state for task, state in run.tasks.items() if task != "plan"} == {"upstream_failed"}
