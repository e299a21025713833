"""What models are shown with beside each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy, ScoringModel, Version
from trimtab.registry.promotion.comparison_window import LabelledWindow
from trimtab.registry.promotion.model_measures import ScoredModel, measure_models


class Copying:
    """A classifier whose probability is the feature."""

    def predict_proba(self, rows):
        return np.column_stack([1 - rows["a"], rows["a"]])


def scored(number: int, rows: pd.DataFrame, **metrics: float) -> ScoredModel:
    version = Version("m", number, "run", True, "", metrics, {})
    return ScoredModel(version, ScoringModel(Copying(), ("a",), "m"), rows["a"].to_numpy())


def test_models_are_measured_on_the_same_window_and_costs_that_nobody_recorded_are_unknown():
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"a": random.random(300)})
    window = LabelledWindow(rows, random.random(300) < rows["a"].to_numpy(), BINARY, ())
    models = [scored(3, rows, model_bytes=2_500_000, train_seconds=12.5), scored(4, rows)]

    found = measure_models(models, window, PromotePolicy(resamples=100), BINARY.metrics["roc_auc"])

    assert [*found] == [3, 4]
    assert found[3].figure == found[4].figure
    assert found[3].figure.low < found[3].figure.value < found[3].figure.high
    assert (found[3].megabytes, found[3].train_seconds) == (pytest.approx(2.5), 12.5)
    assert (found[4].megabytes, found[4].train_seconds) == (None, None)
    assert 0 < found[3].score_milliseconds < 10_000
