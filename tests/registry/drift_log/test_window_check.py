"""One window is checked with the champion."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.registry.drifting import arrive, by_window, check, declare, model_of
from trimtab.drift.report import report as drift_report
from trimtab.errors import DriftError
from trimtab.registry import record_retrain_outcome


@pytest.mark.slow
def test_verdict_is_updated_when_delayed_labels_arrive(client, published, runs):
    project = published("late")
    declare(project, label_delay=1)
    arrive(project, "2013-05")
    blind = check(project)
    arrive(project, "2013-06")

    check(project)

    run = by_window(runs("late-drift"))["2013-05"]
    assert blind.window_auc is None
    assert run.info.run_id == blind.run_id, "the run is updated, not a second one"
    assert run.data.metrics["roc_auc"] == pytest.approx(blind.reference_auc)
    assert run.data.metrics["estimated_auc"] == pytest.approx(blind.reference_auc)
    assert by_window(runs("late-drift"))["2013-06"].data.tags["trimtab.labelled"] == "False"


@pytest.mark.slow
def test_drop_shown_by_delayed_labels_requests_one_retrain(client, published, runs):
    project = published("late-loss")
    declare(project, label_delay=1)
    worse = pd.read_parquet(project.test)
    worse["late"] = 1 - worse["late"]
    worse.to_parquet(project.root / "windows" / "2013-05.parquet")
    blind = check(project)
    arrive(project, "2013-06")

    acted, again = check(project), check(project)

    kept = by_window(runs("late-loss-drift"))
    assert blind.decision == "none"
    assert (acted.window, acted.decision, acted.also) == ("2013-05", "retrain", ("2013-06",))
    assert kept["2013-05"].data.tags["trimtab.outcome"] == "pending"
    assert kept["2013-06"].data.tags["trimtab.outcome"] == ""
    assert (again.window, again.decision) == ("2013-05", "retrain"), "a retry returns the same"

    record_retrain_outcome("late-loss", "2013-05", "refused")

    assert check(project).window == "2013-06"


def test_labels_of_one_class_are_investigated(client, published):
    project = published("one-class")
    declare(project)
    pd.read_parquet(project.test).assign(late=0).to_parquet(project.root / "windows" / "2013-05.parquet")

    checked = check(project)

    assert (checked.decision, checked.window_auc) == ("investigate", None)
    assert "all labels are 0" in checked.sentence


@pytest.mark.slow
def test_champion_replaced_during_a_check_is_used_by_the_next_check(client, published, runs, monkeypatch):
    project = published("midway")
    declare(project)
    arrive(project, "2013-05")
    check(project)
    project.publish(model_of(project, c=0.01))
    arrive(project, "2013-06", "2013-07")

    def write_report(verdict, *args, **kwargs):
        client.set_registered_model_alias("midway", "champion", "2")
        drift_report.write_report(verdict, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr("trimtab.registry.drift_log.window_check.write_report", write_report)
        midway = check(project)

    assert (midway.champion, midway.also) == (1, ("2013-06",))
    champions = {
        window: run.data.tags["trimtab.champion"] for window, run in by_window(runs("midway-drift")).items()
    }
    assert champions == {"2013-05": "1", "2013-06": "1", "2013-07": "1"}, "one check has one champion"
    assert check(project).champion == 2


def test_rolling_reference_is_built_from_the_windows_before(client, published, tmp_path):
    project = published("rolling")
    declare(project, reference="rolling", reference_windows=1)
    arrive(project, "2013-05")
    with pytest.raises(DriftError, match="and there are 0"):
        check(project)
    moved = pd.read_parquet(project.test)
    moved["hour"] += 24
    for month in ("2013-05", "2013-06"):
        moved.to_parquet(project.root / "windows" / f"{month}.parquet")

    checked = check(project)

    verdict = json.loads(
        Path(client.download_artifacts(checked.run_id, "verdict.json", str(tmp_path))).read_text()
    )
    assert {feature["psi"] for feature in verdict["features"]} == {0.0}
    assert checked.score_psi > 1, "scores are compared with the champion's reference"


def test_window_without_rows_records_nothing(client, published, runs):
    project = published("empty")
    pd.read_parquet(project.test)[:0].to_parquet(project.root / "windows" / "2013-05.parquet")

    with pytest.raises(DriftError, match="no rows"):
        check(project)

    assert runs("empty-drift") == []
    arrive(project, "2013-06")
    newest = check(project)
    assert (newest.window, newest.also) == ("2013-06", ()), "the next window is checked"


def test_champion_without_a_reference_profile_is_refused_with_the_line_to_add(client, template, tmp_path):
    project = template.copy(tmp_path, "unprofiled").declare("drift-reference", type="other")
    project.publish()
    client.set_registered_model_alias("unprofiled", "champion", "1")
    (project.root / "windows").mkdir()
    arrive(project, "2013-05")

    with pytest.raises(
        DriftError, match=r"unprofiled version 1 has no reference profile[\s\S]*drift-reference"
    ):
        check(project)
