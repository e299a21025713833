"""One window is checked with the champion."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from tests.library.quantile_models import fit_quantiles
from tests.library.registry.drifting import arrive, by_window, check, declare, model_of
from trimtab.drift import DriftExtensions, DriftPolicy, build_reference
from trimtab.drift.report import report as drift_report
from trimtab.errors import DriftError
from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry import Champion, Version, record_retrain_outcome
from trimtab.registry.drift_log.complete_windows import CompleteWindows
from trimtab.registry.drift_log.drift_log import read_verdicts
from trimtab.registry.drift_log.window_check import WindowCheck
from trimtab.registry.loading import ScoringModel
from trimtab.time_window import Window


@pytest.mark.slow
def test_verdict_is_updated_when_delayed_labels_arrive(client, published, runs):
    project = published("late")
    declare(project, label_delay=1)
    arrive(project, "2013-05")
    blind = check(project)
    arrive(project, "2013-06")

    check(project)

    run = by_window(runs("late-drift"))["2013-05"]
    assert blind.window_figure is None
    assert run.info.run_id == blind.run_id, "the run is updated, not a second one"
    assert run.data.metrics["roc_auc"] == pytest.approx(blind.reference_figure)
    assert run.data.metrics["estimated_roc_auc"] == pytest.approx(blind.reference_figure)
    assert run.data.metrics["metric_drop"] == pytest.approx(0.0, abs=1e-9)
    (may, _) = read_verdicts(client, "late")
    assert may.first_at <= may.at
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

    assert (checked.decision, checked.window_figure) == ("investigate", None)
    assert "the label is 0 in all" in checked.sentence


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


FEATURES = ("rooms", "size")
POLICY = DriftPolicy()


def homes(seed, *, factor=1.0, rows=600):
    """Draw homes with a rent, and a kind that depends on the size."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"rooms": rng.integers(1, 6, rows).astype(float), "size": rng.normal(60, 15, rows)})
    kinds = np.array(["flat", "house", "room"])
    drawn = (factor * table["size"] + rng.normal(0, 12, rows)).to_numpy()
    return table.assign(
        rent=factor * (10 * table["size"] + 50 * table["rooms"]) + rng.normal(0, 40, rows),
        kind=kinds[np.digitize(drawn, [45, 75])],
    )


def check_of(client, folder, problem, label, window, *, policy=POLICY, declared_as=None, explained=False):
    """Return a check of one window with a model that is champion, and the window."""
    learnt, held_out = homes(1), homes(2)
    if problem == "quantile":
        estimator = fit_quantiles(StandardScaler(), learnt[list(FEATURES)], learnt[label])
    else:
        estimator = LinearRegression() if label == "rent" else LogisticRegression(max_iter=2000)
        estimator.fit(learnt[list(FEATURES)], learnt[label])
    kind = PROBLEM_TYPES[problem].with_classes_of([estimator])
    build_reference(
        held_out[list(FEATURES)],
        kind.predict(estimator, held_out[list(FEATURES)]),
        held_out[label],
        problem_type=problem,
        classes=kind.classes,
        predict=partial(kind.predict, estimator) if explained else None,
        levels=kind.levels if problem == "quantile" else (),
    ).save(folder / "reference.json")
    file = folder / "2013-06.parquet"
    window.to_parquet(file)
    month = Window.find("2013-06")
    version = Version(f"homes-{folder.name}", 1, "run", False, "key", {}, {})
    champion = Champion(version, ScoringModel(estimator, FEATURES, "homes", kind), folder / "reference.json")
    windows = CompleteWindows({month: file}, datetime(2013, 1, 1), labelled=1)
    declared = declared_as or PROBLEM_TYPES[problem]
    return (
        WindowCheck(client, champion, policy, DriftExtensions(), windows, declared, label, "run/1", folder),
        month,
    )


@pytest.mark.parametrize(
    ("problem", "label", "metric"),
    [
        ("regression", "rent", "mae"),
        ("quantile", "rent", "mean_pinball_loss"),
        ("multiclass", "kind", "log_loss"),
        ("multiclass", "kind", "accuracy"),
    ],
)
def test_window_of_any_problem_type_is_checked_and_recorded(client, tmp_path, problem, label, metric):
    policy = DriftPolicy(metric=metric)
    check_same, month = check_of(client, tmp_path, problem, label, homes(3), policy=policy)
    same = check_same.run(month, may_request=True)
    check_moved, _ = check_of(client, tmp_path, problem, label, homes(3, factor=1.5), policy=policy)
    moved = check_moved.run(month, may_request=True)

    assert (same.decision, same.metric) == ("none", metric)
    assert same.reference_figure == pytest.approx(same.window_figure, rel=0.2)
    assert (moved.decision, moved.asks) == ("retrain", True)
    (verdict,) = read_verdicts(client, check_moved.champion.version.name)
    assert (verdict.past.metric, verdict.past.figure) == (metric, moved.window_figure)
    assert verdict.past.estimate is not None


def test_rows_without_a_label_are_left_out_of_the_figure(client, tmp_path):
    window = homes(3)
    window.loc[::2, "rent"] = None
    check_some, month = check_of(client, tmp_path, "regression", "rent", window)
    checked = check_some.run(month, may_request=True)
    assert (checked.rows, checked.decision) == (600, "none")
    assert checked.window_figure == pytest.approx(checked.reference_figure, rel=0.2)


def test_class_that_the_champion_does_not_know_is_watched(client, tmp_path):
    window = homes(3)
    window.loc[::8, "kind"] = "boat"
    policy = DriftPolicy(metric="roc_auc_ovr", max_metric_drop=1.0)
    check_new, month = check_of(client, tmp_path, "multiclass", "kind", window, policy=policy)
    checked = check_new.run(month, may_request=True)
    assert checked.decision == "watch"
    assert "the share of boat is 12.5%, expected 0.0%" in checked.sentence


def test_reference_profile_of_another_problem_type_is_refused(client, tmp_path):
    check_other, month = check_of(client, tmp_path, "regression", "rent", homes(3), declared_as=BINARY)
    with pytest.raises(DriftError, match="is regression, and the project is binary"):
        check_other.run(month, may_request=True)


@pytest.mark.parametrize(("problem", "label"), [("regression", "rent"), ("multiclass", "kind")])
def test_verdict_has_the_attributions_of_the_champion_if_its_reference_has_them(
    client, tmp_path, problem, label
):
    window = homes(3)
    window.loc[::2, label] = None
    explained, month = check_of(client, tmp_path, problem, label, window, explained=True)
    checked = explained.run(month, may_request=True)

    verdict = json.loads((tmp_path / "2013-06" / "verdict.json").read_text())

    size, rooms = verdict["predictions"]["attributions"]
    assert (size["feature"], rooms["feature"]) == ("size", "rooms")
    assert size["movement"]["window"] > rooms["movement"]["window"] > 0
    assert size["importance"]["window"] > 0
    assert abs(size["movement"]["change"]) <= size["movement"]["noise"]
    assert checked.decision == "none"
