"""Verdicts in MLflow, and the outcomes of the retrains that they request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.library.registry.drifting import arrive, by_window, check, declare, request_retrain
from trimtab.drift import PastWindow
from trimtab.errors import RegistryError
from trimtab.registry import pending_windows, record_retrain_outcome
from trimtab.registry.drift_log.drift_log import RecordedVerdict, read_verdicts, record_verdict
from trimtab.registry.tracking.server import connection


def test_retrain_with_an_outcome_is_not_requested_again(client, published):
    project = published("answered")
    declare(project, max_age=1)
    arrive(project, "2013-05")
    asked, again = check(project), check(project)

    record_retrain_outcome("answered", "2013-05", "promoted")

    cleared = check(project)
    assert [one.decision for one in (asked, again, cleared)] == ["retrain"] * 3
    assert [one.asks for one in (asked, again, cleared)] == [True, True, False]


def test_first_outcome_of_a_retrain_is_recorded_and_limits_the_next(client, published, runs):
    project = published("outcome")
    declare(project, max_age=2)
    arrive(project, "2013-05")
    check(project)
    arrive(project, "2013-06")
    assert check(project).decision == "retrain"

    record_retrain_outcome("outcome", "2013-06", "refused")
    record_retrain_outcome("outcome", "2013-06", "promoted")
    arrive(project, "2013-07")
    newest = check(project)

    assert by_window(runs("outcome-drift"))["2013-06"].data.tags["trimtab.outcome"] == "refused"
    assert newest.decision == "investigate"
    assert "gave no better model" in newest.sentence


@pytest.mark.slow
def test_pending_retrain_blocks_the_next_one(client, published):
    project = published("paused")
    declare(project, max_age=2)
    arrive(project, "2013-05")
    check(project)
    arrive(project, "2013-06")
    asked, again = check(project), check(project)
    arrive(project, "2013-07")

    newest = check(project)

    assert again == asked, "a retry returns the same request"
    assert (asked.decision, newest.decision) == ("retrain", "investigate")
    assert "check whether its DAG is paused" in newest.sentence


@pytest.mark.slow
def test_report_has_earlier_windows_and_mlflow_has_curves(client, published, runs, tmp_path):
    project = published("story")
    declare(project)
    for month in ("2013-05", "2013-06"):
        arrive(project, month)
        newest = check(project)

    verdict = json.loads(
        Path(client.download_artifacts(newest.run_id, "verdict.json", str(tmp_path))).read_text()
    )

    assert [past["window"] for past in verdict["history"]] == ["2013-05"]
    (curves,) = (run for run in runs("story-drift") if run.info.run_name == "over time")
    assert [point.step for point in client.get_metric_history(curves.info.run_id, "roc_auc")] == [0, 1]


@pytest.mark.slow
def test_failed_retrain_causes_back_off_until_it_succeeds(client, published, runs):
    project = published("failing")
    declare(project, max_age=2, back_off=1)
    request_retrain(project, "2013-05", "2013-06")
    assert pending_windows("failing") == ["2013-06"]

    record_retrain_outcome("failing", "2013-06", "failed")
    arrive(project, "2013-07")
    newest = check(project)

    assert pending_windows("failing") == []
    assert newest.decision == "investigate"
    assert "the last retrain, for 2013-06, failed; a person decides" in newest.sentence
    record_retrain_outcome("failing", "2013-06", "promoted")
    assert by_window(runs("failing-drift"))["2013-06"].data.tags["trimtab.outcome"] == "promoted"


@pytest.fixture
def recorded(client, tmp_path):
    """Return a function that records a verdict on a model, and reads all verdicts on it."""

    def write(name: str, window: str, decision: str = "none", **past: object) -> list[RecordedVerdict]:
        verdict = RecordedVerdict(
            "",
            PastWindow(window=window, champion="1", decision=decision, **past),
            labelled=True,
            content="ab",
            sentence="Nothing to do.",
            complete=True,
        )
        (tmp_path / "verdict.json").write_text("{}")
        with connection() as connected:
            record_verdict(
                connected,
                name,
                verdict,
                key=f"{name} {window}",
                dag_run="drift_check/1",
                metrics={"rows": 300.0, "roc_auc": 0.7},
                step=0,
                report=tmp_path,
            )
            return read_verdicts(connected, name)

    return write


def test_verdicts_are_read_as_they_were_recorded_the_oldest_window_first(recorded):
    recorded("logged-order", "2013-06", "watch", exceeded=("features", "max_metric_drop"))
    first, second = recorded("logged-order", "2013-05")

    assert (first.past.window, second.past.window) == ("2013-05", "2013-06")
    assert (second.past.decision, second.past.exceeded) == ("watch", ("features", "max_metric_drop"))
    assert (second.past.metric, second.past.figure, second.past.outcome) == ("roc_auc", 0.7, None)
    assert (second.labelled, second.complete, second.content) == (True, True, "ab")
    assert second.sentence == "Nothing to do."


def test_verdict_of_the_same_key_is_written_to_the_same_run(recorded):
    (first,) = recorded("logged-twice", "2013-05")
    (second,) = recorded("logged-twice", "2013-05", "retrain", outcome="pending")

    assert second.run_id == first.run_id
    assert (second.past.decision, second.past.outcome) == ("retrain", "pending")
    assert pending_windows("logged-twice") == ["2013-05"]


def test_verdict_with_an_unknown_outcome_is_refused_with_the_known_ones(client, recorded):
    (verdict,) = recorded("logged-unknown", "2013-05", "retrain", outcome="pending")
    client.set_tag(verdict.run_id, "trimtab.outcome", "lost")

    with pytest.raises(RegistryError, match=r"retrain for 2013-05 is unknown: 'lost'[\s\S]*pending"):
        pending_windows("logged-unknown")


def test_verdict_of_an_earlier_release_is_read(client, recorded):
    (verdict,) = recorded("logged-earlier", "2013-05", exceeded=("max_auc_drop",), metric="roc_auc")
    client.delete_tag(verdict.run_id, "trimtab.metric")
    client.log_metric(verdict.run_id, "estimated_auc", 0.72)

    with connection() as connected:
        (read,) = read_verdicts(connected, "logged-earlier")

    assert (read.past.metric, read.past.figure, read.past.estimate) == ("roc_auc", 0.7, 0.72)
    assert read.past.exceeded == ("max_metric_drop",)


def test_figure_of_a_verdict_is_that_of_its_metric(client, recorded):
    (verdict,) = recorded("logged-mae", "2013-05", metric="mae")
    client.log_metric(verdict.run_id, "mae", 3.5)
    client.log_metric(verdict.run_id, "estimated_mae", 3.2)

    with connection() as connected:
        (read,) = read_verdicts(connected, "logged-mae")

    assert (read.past.metric, read.past.figure, read.past.estimate) == ("mae", 3.5, 3.2)


def test_window_that_is_checked_again_keeps_the_time_of_its_first_check(client, recorded):
    (first,) = recorded("logged-first", "2013-05")
    other = client.create_run(
        client.get_experiment_by_name("logged-first-drift").experiment_id,
        start_time=1_000_000,
        tags={"trimtab.window": "2013-05", "trimtab.champion": "0", "trimtab.decision": "none"},
    )
    client.set_terminated(other.info.run_id)

    with connection() as connected:
        (read,) = read_verdicts(connected, "logged-first")

    assert (read.run_id, read.at) == (first.run_id, first.at)
    assert read.first_at == "1970-01-01T00:16:40+00:00"


def test_outcome_of_a_retrain_is_recorded_with_its_time(client, recorded):
    (asked,) = recorded("logged-answer", "2013-05", "retrain", outcome="pending")
    record_retrain_outcome("logged-answer", "2013-05", "refused")

    with connection() as connected:
        (read,) = read_verdicts(connected, "logged-answer")

    assert (asked.outcome_at, read.outcome_at >= read.at) == ("", True)


@pytest.mark.parametrize("hostile", ["yesterday", "", "9" * 400, "<b>"])
def test_figures_that_nobody_can_compare_count_as_unknown(client, recorded, hostile):
    name = f"logged-hostile-{len(hostile)}"
    (verdict,) = recorded(name, "2013-05")
    client.set_tag(verdict.run_id, "trimtab.outcome_at", hostile)
    client.log_metric(verdict.run_id, "metric_drop", float("nan"))
    client.log_metric(verdict.run_id, "slice_metric_drop", float("inf"))

    with connection() as connected:
        (read,) = read_verdicts(connected, name)

    assert (read.outcome_at, read.drop, read.slice_drop) == ("", None, None)
