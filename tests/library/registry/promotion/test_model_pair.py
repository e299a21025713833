"""Two loaded models on a labelled window."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.registry.rows import FEATURES, flights
from trimtab.errors import RegistryError
from trimtab.learning import BINARY, INDEPENDENT
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion import PromotePolicy, compare_models, compare_scores

AUC = BINARY.metrics["roc_auc"]
POLICY = PromotePolicy()


@pytest.fixture
def window(tmp_path):
    path = tmp_path / "2013-05.parquet"
    flights(2000, seed=3).to_parquet(path)
    return path


@pytest.fixture
def models(weak, strong):
    return [
        ScoringModel.load(each, tuple(FEATURES), label, BINARY)
        for each, label in ((strong, "a"), (weak, "b"))
    ]


def compare(newer, older, window):
    return compare_models(
        newer, older, POLICY, window=window, label="late", metric=AUC, dependence=INDEPENDENT
    )


def test_pair_is_that_of_the_scores_of_both_models(models, window):
    newer, older = models
    rows = pd.read_parquet(window)
    scores = tuple(model.predict(rows, BINARY) for model in models)

    pair = compare(newer, older, window)

    (expected,) = compare_scores(
        BINARY.read_labels(rows["late"]),
        scores,
        [AUC],
        confidence=POLICY.confidence,
        resamples=POLICY.resamples,
    ).values()
    assert pair == expected
    assert pair.gain > 0


def test_model_with_another_column_is_refused_by_name(models, window):
    newer, older = models
    pd.read_parquet(window).drop(columns=FEATURES[0]).to_parquet(window)

    with pytest.raises(RegistryError, match=FEATURES[0]):
        compare(newer, older, window)
