from __future__ import annotations

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from tests.registry.rows import FEATURES, flights
from trimtab.errors import RegistryError, ScoringError
from trimtab.registry import ScorePolicy, find_challenger, score_in_shadow, score_windows
from trimtab.registry.scoring import score_log as module

WEAK, STRONG, STRONG_AGAIN = 1, 2, 3
POLICY = ScorePolicy(keys=["flight"], shadow=True, threshold=0.5)
SCORES = "contenders-scores"


@pytest.fixture
def windows(tmp_path):
    """The flights of two months to come; their outcomes are not known."""
    folder = tmp_path / "upcoming"
    folder.mkdir()
    for seed, month in enumerate(["2013-06", "2013-07"]):
        table = flights(200, seed=20 + seed)[FEATURES].assign(flight=np.arange(200))
        table.to_parquet(folder / f"{month}.parquet", index=False)
    return folder


@pytest.fixture
def kept(client):
    """Every run with scores; to begin with there is none."""
    experiment = client.get_experiment_by_name(SCORES)
    for run in client.search_runs([experiment.experiment_id]) if experiment else []:
        client.delete_run(run.info.run_id)

    def look():
        found = client.get_experiment_by_name(SCORES)
        runs = client.search_runs([found.experiment_id]) if found else []
        tags = [{key.removeprefix("trimtab."): value for key, value in run.data.tags.items()} for run in runs]
        return sorted((tag["window"], tag["role"], int(tag["version"])) for tag in tags)

    return look


def read(client, scores):
    """The bytes of what a run holds."""
    mlflow.set_tracking_uri(client.tracking_uri)
    return Path(client.download_artifacts(scores.run_id, scores.file)).read_bytes()


def test_each_window_is_scored_once_by_a_version(client, contenders, windows, kept):
    first = score_windows(contenders[STRONG], windows, POLICY, by="batch_score/1")
    again = score_windows(contenders[STRONG], windows, POLICY, by="batch_score/2")

    assert [(scores.window, scores.created, scores.figures) for scores in first] == [
        ("2013-06", True, {"rows": 200}),
        ("2013-07", True, {"rows": 200}),
    ]
    assert [scores.run_id for scores in again] == [scores.run_id for scores in first]
    assert not any(scores.created for scores in again)
    assert kept() == [("2013-06", "champion", STRONG), ("2013-07", "champion", STRONG)]


def test_window_that_was_scored_is_found_without_loading_the_model(
    client, contenders, windows, kept, monkeypatch
):
    score_windows(contenders[STRONG], windows, POLICY, by="a")
    monkeypatch.setattr(module, "load_scorer", None)
    score_windows(contenders[STRONG], windows, POLICY, by="b")


def test_scores_of_another_version_make_another_run(client, contenders, windows, kept):
    strong = score_windows(contenders[STRONG], windows, POLICY, by="a")
    before = read(client, strong[0])

    weak = score_windows(contenders[WEAK], windows, POLICY, by="a")

    assert [window for window, _, _ in kept()] == ["2013-06", "2013-06", "2013-07", "2013-07"]
    assert read(client, strong[0]) == before != read(client, weak[0])


@pytest.mark.slow
def test_scores_of_other_rows_of_a_window_make_another_run(client, contenders, windows, kept):
    (first, _) = score_windows(contenders[STRONG], windows, POLICY, by="a")
    table = pd.read_parquet(windows / "2013-06.parquet")
    table.assign(hour=table["hour"] + 1).to_parquet(windows / "2013-06.parquet", index=False)

    (changed, same) = score_windows(contenders[STRONG], windows, POLICY, by="a")

    assert (changed.created, same.created) == (True, False)
    assert changed.run_id != first.run_id


def test_scores_say_which_version_made_them_and_are_what_the_estimator_says(
    client, contenders, windows, kept, strong
):
    (june, _) = score_windows(contenders[STRONG], windows, POLICY, by="a")

    path = client.download_artifacts(june.run_id, june.file)
    scored, asked = pd.read_parquet(path), pd.read_parquet(windows / "2013-06.parquet")
    np.testing.assert_array_equal(scored["score"], strong.predict_proba(asked[FEATURES])[:, 1])
    assert set(scored["model_version"]) == {STRONG}
    assert set(scored["model_key"]) == {contenders[STRONG].key}


def test_scores_of_a_try_that_died_do_not_count(client, contenders, windows, kept, monkeypatch):
    def dies(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mlflow.log_artifact", dies)
        with pytest.raises(KeyboardInterrupt):
            score_windows(contenders[STRONG], windows, POLICY, by="a")

    (june, _) = score_windows(contenders[STRONG], windows, POLICY, by="a")

    assert june.created
    assert read(client, june)
    assert kept() == [("2013-06", "champion", STRONG), ("2013-07", "champion", STRONG)], (
        "nothing is left of it"
    )


def test_window_without_the_columns_is_refused_and_nothing_of_it_is_kept(client, contenders, windows, kept):
    table = pd.read_parquet(windows / "2013-07.parquet")
    table.drop(columns="hour").to_parquet(windows / "2013-07.parquet")

    with pytest.raises(ScoringError, match="'hour' is missing"):
        score_windows(contenders[STRONG], windows, POLICY, by="a")

    assert kept() == [("2013-06", "champion", STRONG)]


def test_windows_without_rows_are_passed_over_and_no_window_at_all_is_an_error(client, contenders, windows):
    for file in windows.iterdir():
        pd.read_parquet(file).iloc[:0].to_parquet(file)
    assert score_windows(contenders[STRONG], windows, POLICY, by="a") == []
    for file in windows.iterdir():
        file.unlink()
    with pytest.raises(ScoringError, match="no window to score"):
        score_windows(contenders[STRONG], windows, POLICY, by="a")


def test_in_its_shadow_the_challenger_is_compared_and_the_champions_file_stays(
    client, contenders, windows, kept
):
    (june, _) = score_windows(contenders[STRONG], windows, POLICY, by="a")
    before = read(client, june)

    beside = score_in_shadow(contenders[WEAK], contenders[STRONG], windows, POLICY, by="a")
    again = score_in_shadow(contenders[WEAK], contenders[STRONG], windows, POLICY, by="b")

    assert read(client, june) == before
    assert [scores.run_id for scores in again] == [scores.run_id for scores in beside]
    assert ("2013-06", "shadow", WEAK) in kept()
    figures = client.get_run(beside[0].run_id).data.metrics
    assert figures == beside[0].figures
    assert figures.keys() == {"rows", "share_changed", "mean_difference", "correlation"}
    assert figures["share_changed"] > 0.1
    assert client.get_run(beside[0].run_id).data.tags["trimtab.beside_run"] == june.run_id


@pytest.mark.slow
def test_versions_with_the_same_predictions_do_not_differ(client, contenders, windows, kept):
    score_windows(contenders[STRONG], windows, POLICY, by="a")
    (june, _) = score_in_shadow(contenders[STRONG_AGAIN], contenders[STRONG], windows, POLICY, by="a")
    assert june.figures["share_changed"] == 0
    assert june.figures["correlation"] == pytest.approx(1)


def test_shadow_scores_without_the_champions_scores_are_refused(client, contenders, windows, kept):
    with pytest.raises(RegistryError, match="contenders version 2 has not scored 2013-06"):
        score_in_shadow(contenders[WEAK], contenders[STRONG], windows, POLICY, by="a")


def test_find_challenger_returns_the_version_with_the_alias(client, contenders, aliases):
    assert find_challenger("contenders") is None
    client.set_registered_model_alias("contenders", "challenger", str(WEAK))
    assert find_challenger("contenders").version == WEAK
