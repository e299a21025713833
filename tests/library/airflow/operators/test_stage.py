"""The tasks that run one stage and that record a run."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from tests.library.airflow.operators.pipeline_run import PipelineRun
from trimtab.airflow import dvc_asset
from trimtab.pipeline.execution import current_environment
from trimtab.pipeline.record import read_run_notes


@pytest.fixture
def started(project, monkeypatch):
    """A run whose plan has succeeded, of a project that never ran."""
    run = PipelineRun(project().root, monkeypatch)
    run.execute("plan")
    return run


def test_result_of_a_stage_is_the_lock_entry_of_dvc_repro(started, project):
    result = started.execute("draw")

    assert result == {
        "plan": "try-1",
        "ran": True,
        "entry": project(ran=True, folder="beside").locked("draw"),
        "host": current_environment().host,
        "environment": current_environment().digest,
    }


def test_event_of_an_output_has_its_hash(started):
    result = started.execute("draw")

    (out,) = result["entry"]["outs"]
    assert started.events[dvc_asset("project", "data/rows.txt")].extra["md5"] == out["md5"]


def test_stage_with_a_known_result_does_not_run_its_command_unless_its_task_was_cleared(started):
    first, second = started.execute("draw"), started.execute("draw")
    started.max_tries = 1
    cleared = started.execute("draw")

    assert [first["ran"], second["ran"], cleared["ran"]] == [True, False, True]
    assert first["entry"] == second["entry"] == cleared["entry"]


def test_stage_whose_upstream_task_has_no_result_fails_without_a_retry(started):
    with pytest.raises(AirflowFailException, match="no result of 'draw'"):
        started.execute("clean")


def test_stage_of_a_skipped_plan_is_skipped(project, monkeypatch):
    run = PipelineRun(project().root, monkeypatch)
    run.states["plan"] = "skipped"

    with pytest.raises(AirflowSkipException, match="'plan' was skipped"):
        run.execute("draw")


def test_record_holds_the_lock_file_of_dvc_repro(started, project):
    for task in ("draw", "clean", "count", "judge"):
        started.execute(task)

    record = started.execute("record")

    checkout = project(ran=True, folder="beside")
    checkout.git("fetch", "--quiet", str(started.dag.record.project), record["commit"])
    assert checkout.show(record["commit"], "dvc.lock") == checkout.lock()


def test_record_has_a_note_with_the_environment_of_each_stage_that_ran(started):
    for task in ("draw", "clean", "count", "judge"):
        started.execute(task)

    record = started.execute("record")

    note = read_run_notes(started.dag.record.project)[record["experiment"]]
    assert note.pipeline == "d"
    assert note.revision.sha == record["revision"]
    assert note.stages.keys() == {"draw", "clean", "count", "judge"}
    assert note.environment_of("draw") == current_environment()


def test_record_is_in_the_dvc_remote(project, tmp_path, monkeypatch):
    checkout = project(ran=True)
    checkout.write({".dvc/config": f"[core]\n    remote = s\n['remote \"s\"']\n    url = {tmp_path}/s\n"})
    checkout.commit()
    run = PipelineRun(checkout.root, monkeypatch)
    run.execute("plan")

    record = run.execute("record")

    assert (tmp_path / "s/trimtab/records" / record["experiment"] / f"{record['commit']}.json").is_file()


def test_packages_of_a_stage_are_pushed_only_if_they_are_not_those_of_the_plan(started):
    started.execute("draw")
    started.xcoms["plan", "head"]["environment"] = "another"
    started.execute("clean")

    assert ("draw", "environment") not in started.xcoms
    assert started.xcoms["clean", "environment"] == current_environment().to_dict()


def test_record_of_a_run_with_a_failed_stage_is_refused(started):
    started.execute("draw")
    started.states["clean"] = "failed"

    with pytest.raises(AirflowFailException, match=r"'clean' \(failed\)"):
        started.execute("record")
