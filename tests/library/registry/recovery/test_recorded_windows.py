"""Windows whose data came of a content, by the locks of recorded runs."""

from __future__ import annotations

import pytest

from tests.library.registry.recovery.conftest import NAME
from tests.library.registry.recovery.isolating import isolate, md5, score
from trimtab.pipeline.record import list_runs

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("places", "nothing_isolated")]


def test_scores_of_a_window_that_a_recorded_run_made_of_it_are_named(site, tmp_path):
    # given a run whose evaluation read another file than that of the champion
    other = site.copy(tmp_path / "other")
    metrics = other.root / "made/metrics.json"
    metrics.write_text('{"model": {"roc_auc": 0.5, "rows": 7}}')
    other.checkout.commit("Other metrics")
    other.checkout.run_all()
    (run, *_) = list_runs(other.root)
    score(other, tmp_path, "metrics", run)
    score(other, tmp_path, "another", run)

    found = isolate(other, md5(metrics))

    assert [each for each in found["versions"] if each["model"] == NAME] == []
    (scored,) = found["scores"]
    assert (scored["window"], scored["because"]) == (
        "metrics",
        "its data, reports/metrics.json of stage 'evaluate'",
    )


def test_scores_of_a_run_without_a_record_here_are_not_called_sound(site, tmp_path):
    score(site, tmp_path, "2013-06", "batch_score/of_another_host")

    found = isolate(site, "e" * 32)

    (sentence,) = [sentence for sentence in found["unknown"] if sentence.startswith(f"{NAME}: ")]
    assert "batch_score/of_another_host" in sentence
    assert "trimtab fetch" in sentence
