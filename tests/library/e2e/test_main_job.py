"""What a user sees of the main job, over REST."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.library.e2e.world import START, World, clone_of_project, run_as_user, tags
from trimtab.local.loop import Loop
from trimtab.pipeline.git.revision import git
from trimtab.pipeline.graph.project import Project

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("loop")]  # which plays once for both

FIRST = f"loop__{START}"


def test_every_stage_is_a_task_and_all_of_them_succeed(world: World, played: Loop) -> None:
    run = world.airflow.run("training", FIRST)
    stages = [stage.name for stage in Project(world.project).graph().stages]
    assert run.state == "success"
    assert set(run.tasks) == {"plan", *stages, "record", "register", "compare", "approve", "promote"}
    assert run.tasks.pop("approve") == "skipped", "the policy asks nobody"
    assert set(run.tasks.values()) == {"success"}


def test_the_first_model_is_registered_with_its_lineage_and_is_champion(world: World, played: Loop) -> None:
    version = world.versions[0]
    lineage = tags(version)
    record = world.airflow.xcom(world.airflow.run("training", FIRST), "record")
    assert lineage["trimtab.git_revision"] == record["pinned"]["baseline"]
    assert lineage["trimtab.lock_hash"] == record["lock_sha256"]
    assert lineage["trimtab.dag_run"] == f"training/{FIRST}"
    assert START.isoformat() in lineage["trimtab.data_window"]
    assert played.versions[0]["promoted"]


def test_drift_retrains_once_with_a_deterministic_run(world: World, played: Loop) -> None:
    window = played.verdicts[-1]["window"]
    assert played.verdicts[-1]["decision"] == "retrain"
    assert [verdict["decision"] for verdict in played.verdicts[:-1]] == ["none"] * (len(played.verdicts) - 1)
    run = world.airflow.run("training", f"drift__{window}")
    assert run.state == "success"
    assert "drift" in tags(world.versions[1])["trimtab.reason"]
    assert len(world.versions) == 2


def test_what_became_of_the_retrain_is_written_back_to_its_verdict(world: World, played: Loop) -> None:
    run = world.mlflow("runs/get", run_id=played.verdicts[-1]["run_id"])["run"]
    outcome = "promoted" if played.versions[-1]["promoted"] else "refused"
    assert tags(run["data"])["trimtab.outcome"] == outcome
    assert played.verdicts[-1]["run_id"] in tags(world.versions[1])["trimtab.reason"]


def test_clearing_the_drift_check_does_not_retrain_again(world: World, played: Loop) -> None:
    run = world.airflow.run("drift_check", played.verdicts[-1]["dag_run"])
    cleared = world.clear(run, "retrain")
    assert cleared.tasks["retrain"] == "skipped"
    assert len(world.versions) == 2


def test_clearing_the_registration_registers_nothing_twice(world: World, played: Loop) -> None:
    before = world.registered
    champion = world.champion
    cleared = world.clear(world.airflow.run("training", FIRST), "register", downstream=True)
    assert cleared.state == "success"
    assert world.airflow.xcom(cleared, "register")["created"] is False
    assert world.registered == before
    assert world.champion == champion


def test_a_second_run_of_the_same_content_runs_no_stage(world: World, played: Loop) -> None:
    run = world.run("training", "again", {"ingest.until": START.isoformat()})
    stages = [stage.name for stage in Project(world.project).graph().stages]
    assert run.state == "success"
    assert {run.tasks[stage] for stage in stages} == {"skipped"}
    assert len(world.versions) == 2


@pytest.mark.slow
def test_the_run_leaves_the_lock_that_dvc_repro_leaves(world: World, played: Loop, tmp_path: Path) -> None:
    """From scratch on both sides: the clone has a cache of its own."""
    laptop = clone_of_project(tmp_path / "laptop")
    record = world.airflow.xcom(world.airflow.run("training", FIRST), "record")
    git(laptop, "fetch", "--quiet", str(world.project), record["commit"])
    git(laptop, "checkout", "--quiet", record["commit"])
    lock = (laptop / "dvc.lock").read_bytes()
    assert hashlib.sha256(lock).hexdigest() == record["lock_sha256"]
    (laptop / "dvc.lock").unlink()
    run_as_user(laptop, "dvc", "repro", "--quiet")
    assert (laptop / "dvc.lock").read_bytes() == lock
    assert git(laptop, "status", "--porcelain") == ""


def test_the_recorded_run_is_an_experiment_and_up_to_date(world: World, played: Loop, tmp_path: Path) -> None:
    record = world.airflow.xcom(world.airflow.run("training", FIRST), "record")
    assert record["experiment"] in run_as_user(world.project, "dvc", "exp", "list", "--all-commits")
    run_as_user(world.project, "trimtab", "checkout", f"training/{FIRST}", str(tmp_path / "run"))
    assert "up to date" in run_as_user(tmp_path / "run", "dvc", "repro")
    status = git(world.project, "status", "--porcelain")
    assert status == "", "a DAG run never touches the user's checkout"


def test_reports_are_kept_where_they_open_offline(world: World, played: Loop) -> None:
    names = {f"{page.parent.name}/{page.name}" for page in played.pages}
    assert {
        "validate_raw/report.html",
        "validate_features/report.html",
        "validate_model/report.html",
    } <= names
    assert all("http" not in page.read_text().split("</style>")[0] for page in played.pages)
