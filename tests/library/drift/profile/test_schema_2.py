"""Profiles of schema 2, which registered models have: one that was written by that release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trimtab.drift import DriftPolicy, ReferenceProfile, build_reference, decide, measure
from trimtab.drift.profile.schema_2 import migrate_schema_2
from trimtab.errors import DriftError

FILE = Path(__file__).parents[1] / "files" / "reference-2.json"


@pytest.fixture(scope="module")
def earlier():
    return ReferenceProfile.load(FILE)


def test_profile_of_schema_2_has_the_values_of_the_same_rows(earlier, draw):
    window = draw(seed=1)
    now = build_reference(*window, periods=[row // 250 for row in range(2000)])

    assert earlier.features == now.features
    assert earlier.noise.features == now.noise.features
    assert earlier.noise.metrics["roc_auc"] == pytest.approx(now.noise.metrics["roc_auc"], abs=1e-3)
    assert earlier.predictions.columns == now.predictions.columns
    for kept in ("value", "error", "expected"):
        then, after = (profile.predictions.figures["roc_auc"] for profile in (earlier, now))
        assert getattr(then, kept) == pytest.approx(getattr(after, kept), abs=1e-6)
    for feature, slices in earlier.predictions.slices.items():
        for category, part in slices.items():
            same = now.predictions.slices[feature][category]
            assert part.rows == same.rows
            assert part.figures["roc_auc"].error == pytest.approx(same.figures["roc_auc"].error, abs=1e-6)


def test_window_has_the_same_verdict_with_a_profile_of_either_schema(earlier, draw):
    now = build_reference(*draw(seed=1), periods=[row // 250 for row in range(2000)])
    for skill in (1.5, 0.3):
        window = draw(seed=2, skill=skill)
        verdicts = [decide(measure(profile, *window), DriftPolicy()) for profile in (earlier, now)]
        assert verdicts[0].sentence == verdicts[1].sentence
        assert [rule.exceeded for rule in verdicts[0].rules] == [rule.exceeded for rule in verdicts[1].rules]


def test_metric_without_error_in_schema_2_is_compared_and_not_estimated(earlier, draw):
    predictions = measure(earlier, *draw(seed=2, skill=0.3), metric="brier").predictions
    assert predictions.figure.change > 0
    assert 0 < predictions.figure.error < 0.1
    assert predictions.estimate.window is None


def test_saved_profile_of_schema_2_is_one_of_schema_3(earlier, tmp_path):
    earlier.save(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text())["schema"] == "trimtab.drift-reference/3"
    assert ReferenceProfile.load(tmp_path / "again.json") == earlier


def test_profile_of_schema_2_without_a_model_is_read():
    content = json.loads(FILE.read_text())
    assert migrate_schema_2(content | {"predictions": None})["predictions"] is None


def test_damaged_profile_of_schema_2_is_refused(tmp_path):
    content = json.loads(FILE.read_text())
    content["predictions"]["positives"] = None
    (tmp_path / "reference.json").write_text(json.dumps(content))
    with pytest.raises(DriftError, match="damaged"):
        ReferenceProfile.load(tmp_path / "reference.json")
