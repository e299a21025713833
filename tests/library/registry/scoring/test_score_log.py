from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.registry.rows import FEATURES
from tests.library.registry.scoring.conftest import POLICY, read
from trimtab.registry import score_windows
from trimtab.registry.scoring import score_log as module

WEAK, STRONG, STRONG_AGAIN = 1, 2, 3


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
