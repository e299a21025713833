"""A pipeline's tasks in the real Airflow: skipped, forced, cleared, killed, grouped, and their assets."""

from __future__ import annotations

import httpx
import pytest

from tests.library.e2e.small import STAGES, entry, sandboxes, sleepers, states
from tests.library.e2e.world import World, until
from trimtab.errors import ServiceError

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("tasks")]


def test_unchanged_stages_are_skipped_without_a_worker_and_say_why(small: World) -> None:
    run = small.run("small", "again")
    assert run.state == "success"
    assert set(states(run).values()) == {"skipped"}
    for stage in STAGES:
        path = f"/dags/small/dagRuns/again/taskInstances/{stage}"
        assert small.get(path)["try_number"] == 0, "no worker has started"
        assert small.get(f"{path}/xcomEntries/reason?deserialize=true")["value"].startswith("unchanged: ")
        assert small.get(f"{path}/links")["extra_links"]["Plan"].endswith("/dags/small/runs/again/tasks/plan")
    assert [step["state"] for step in small.airflow.xcom(run, "plan")["steps"]] == ["unchanged"] * 4
    assert "each@a  unchanged" in small.airflow.log(run, "plan")


def test_force_runs_every_stage_or_those_chosen(small: World) -> None:
    assert set(states(small.run("small", "force", {"force": True})).values()) == {"success"}
    run = small.run("small", "force_one", {"force_stages": ["each@a"]})
    assert states(run) == {"draw": "skipped", "each.a": "success", "each.b": "skipped", "join": "success"}
    assert "> cat draw.out" in small.airflow.log(run, "each.a")


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ({"draw.row": 4}, "did you mean 'draw.rows'"),
        ({"force_stages": ["dray"]}, "did you mean 'draw'"),
        ({"draw.word": "x; touch owned"}, "may be special in a shell"),
        ({"draw.word": "../../x"}, "leads out of the project"),
    ],
)
def test_what_the_form_does_not_offer_is_refused_before_anything_runs(small, conf, message) -> None:
    name = f"refused_{next(iter(conf))}_{len(message)}"
    run = small.run("small", name, conf)
    assert run.failed_tasks == ["plan"]
    assert set(states(run).values()) == {"upstream_failed"}
    assert message in small.airflow.log(run, "plan")


@pytest.mark.parametrize("conf", [{"draw.rows": "4"}, {"force": "yes"}, {"force_stages": "draw"}])
def test_a_value_of_another_type_starts_no_run(small, conf) -> None:
    with pytest.raises(ServiceError, match="400"):
        small.airflow.trigger("small", "another_type", conf=conf)


@pytest.mark.parametrize(
    "conf",
    ['{"draw.rows": 1%s}', '{"x": [{"y": 1%s}]}', '{"draw.word": "\\ud800"}', '{"draw.word": NaN}'],
)
@pytest.mark.parametrize("dag", ["small", "consumer"])
def test_configuration_that_would_end_a_daemon_starts_no_run(small: World, dag: str, conf: str) -> None:
    body = f'{{"logical_date": null, "conf": {conf.replace("%s", "0" * 400)}}}'
    answer = httpx.post(
        f"{small.stack.airflow_url}/api/v2/dags/{dag}/dagRuns",
        content=body,
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    assert answer.status_code == 422
    assert "is invalid" in answer.json()["detail"]
    small.stack.check()


@pytest.mark.parametrize("date", ["1970-01-01", "2026-11-27"])
def test_run_at_a_date_outside_of_the_schedule_has_its_tasks(small: World, date: str) -> None:
    run_id = f"at_{date}"
    small.airflow.trigger("small", run_id, logical_date=f"{date}T00:00:00Z")
    run = small.wait("small", run_id)
    assert (run.state, run.tasks["record"]) == ("success", "success")
    assert set(states(run).values()) == {"skipped"}


def test_home_page_shows_no_error_of_the_plugin(small: World) -> None:
    assert small.get("/plugins/importErrors")["import_errors"] == []


def test_clearing_a_skipped_stage_runs_it_alone(small: World) -> None:
    run = small.clear(small.run("small", "clear_skipped"), "each.a")
    assert run.state == "success"
    assert states(run) == {"draw": "skipped", "each.a": "success", "each.b": "skipped", "join": "skipped"}
    assert "> cat draw.out" in small.airflow.log(run, "each.a"), "the command itself runs"


def test_clearing_with_what_is_downstream_hands_the_new_result_on(small: World) -> None:
    run = small.run("small", "clear_down", {"force": True})
    before, recorded = entry(small, run, "join"), small.airflow.xcom(run, "record")
    cleared = small.clear(run, "draw", downstream=True)
    assert set(cleared.tasks.values()) == {"success"}
    assert entry(small, cleared, "join")["deps"] != before["deps"], "`draw` writes something else each time"
    assert small.airflow.xcom(cleared, "record")["lock_sha256"] != recorded["lock_sha256"]


def test_results_of_an_earlier_plan_are_not_taken_for_this_ones(small: World) -> None:
    source = small.project / "source.txt"
    source.write_text("source\nchanged\n")
    run = small.run("small", "two_plans")
    source.write_text("source\nchanged again\n")
    assert small.clear(run, "plan").tasks["plan"] == "success"
    alone = small.clear(run, "join")
    assert alone.tasks["join"] == "failed"
    assert "'each.a' (success)" in small.airflow.log(alone, "join")
    whole = small.clear(run, "plan", downstream=True)
    assert states(whole) == {"draw": "skipped", "each.a": "success", "each.b": "success", "join": "success"}
    source.write_text("source\n")


def test_groups_run_one_after_the_other_each_with_its_own_plan(small: World) -> None:
    run = small.run("groups", "both", {"two.force_stages": ["join"]})
    assert run.state == "success"
    assert run.tasks["one.each.a"] == "skipped"
    assert run.tasks["two.join"] == "success"
    names = {small.airflow.xcom(run, f"{group}.record")["experiment"] for group in ("one", "two")}
    assert names == {"groups-one.both", "groups-two.both"}


def test_a_plan_that_is_skipped_skips_all_of_its_pipeline(small: World) -> None:
    run = small.run("groups", "none", {"go": False})
    assert {state for task, state in run.tasks.items() if task != "way"} == {"skipped"}


def test_another_dag_is_triggered_by_an_output_and_told_its_hash(small: World) -> None:
    run = small.run("small", "event", {"force_stages": ["join"]})
    (out,) = entry(small, run, "join")["outs"]

    def seen() -> list[object]:
        runs = small.get("/dags/consumer/dagRuns?limit=100")["dag_runs"]
        found = [small.airflow.xcom(small.airflow.run("consumer", row["dag_run_id"]), "look") for row in runs]
        return [event for events in found if events for event in events]

    until(lambda: any(event["md5"] == out["md5"] for event in seen()))
    assert {"path", "md5", "size", "stage", "revision", "commit"} == set(seen()[0])


def test_a_project_that_is_refused_is_an_import_error_in_a_few_lines(small: World) -> None:
    (error,) = small.get("/importErrors")["import_errors"]
    assert error["filename"] == "broken.py"
    said = "it has no .dvc folder (DVC: you are not inside of a DVC repository)\n  where: /nowhere"
    assert said in error["stack_trace"]
    assert error["stack_trace"].count("File ") == 2


def test_what_is_killed_leaves_no_process_and_no_sandbox(small: World) -> None:
    small.airflow.trigger("slow", "killed")
    until(lambda: len(sleepers()) >= 3)
    answer = httpx.patch(
        f"{small.stack.airflow_url}/api/v2/dags/slow/dagRuns/killed/taskInstances/slow.dvc.yaml.stubborn",
        json={"new_state": "failed"},
        timeout=60,
    )
    answer.raise_for_status()
    run = small.wait("slow", "killed")
    assert sorted(run.failed_tasks) == ["slow.dvc.yaml.hurried", "slow.dvc.yaml.stubborn"]
    until(lambda: not sleepers() and not sandboxes(small))
