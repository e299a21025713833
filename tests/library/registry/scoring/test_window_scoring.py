"""The windows of a folder are scored, and in shadow."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.registry.fixtures import STRONG, STRONG_AGAIN, WEAK
from tests.library.registry.scoring.conftest import POLICY, read
from trimtab.errors import RegistryError, ScoringError
from trimtab.registry import score_in_shadow, score_windows


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
