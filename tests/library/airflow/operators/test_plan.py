"""The task that plans a run."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException

from tests.library.airflow.operators.pipeline_run import PipelineRun

STAGES = ["draw", "clean", "count", "judge"]


def test_plan_of_a_new_project_skips_no_task(project, monkeypatch):
    run = PipelineRun(project().root, monkeypatch)

    run.execute("plan")

    assert run.skipped == []
    assert {
        step["stage"]: step["state"] for step in run.xcoms["plan", "return_value"]["steps"]
    } == dict.fromkeys(STAGES, "run")


def test_plan_skips_the_tasks_of_unchanged_stages_and_gives_each_its_reason(project, monkeypatch):
    run = PipelineRun(project(ran=True).root, monkeypatch)

    run.execute("plan")

    assert run.skipped == STAGES
    assert {task: run.xcoms[task, "reason"].partition(":")[0] for task in STAGES} == dict.fromkeys(
        STAGES, "unchanged"
    )


def test_plan_gives_a_skipped_gate_the_report_that_still_holds(project, monkeypatch):
    checkout = project(ran=True)
    run = PipelineRun(checkout.root, monkeypatch)

    run.execute("plan")

    (out,) = checkout.locked("judge")["outs"]
    assert [kept["md5"] for kept in run.xcoms["judge", "report"]["outs"]] == [out["md5"]]
    assert ("draw", "report") not in run.xcoms


def test_plan_with_force_skips_no_task(project, monkeypatch):
    run = PipelineRun(project(ran=True).root, monkeypatch)

    run.execute("plan", force=True)

    assert run.skipped == []


def test_plan_pins_the_value_of_the_form_instead_of_that_of_set_params(project, monkeypatch):
    run = PipelineRun(project().root, monkeypatch, set_params={"draw.rows": "5", "draw.word": "plane"})

    run.execute("plan", **{"draw.rows": 7})

    assert run.xcoms["plan", "head"]["revision"]["overrides"] == {"draw.rows": 7, "draw.word": "plane"}


def test_plan_with_an_unknown_param_fails_without_a_retry(project, monkeypatch):
    run = PipelineRun(project().root, monkeypatch)

    with pytest.raises(AirflowFailException, match=r"no param 'draw\.row'; did you mean 'draw\.rows'"):
        run.execute("plan", **{"draw.row": 1})

    assert run.xcoms == {}
