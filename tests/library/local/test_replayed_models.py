"""The models of a replay: measured on windows, and compared with each other."""

import math

import pytest

from tests.library.local.replaying import QUICK, TURNS, trained, window
from trimtab.drift import DriftExtensions, DriftPolicy
from trimtab.errors import DriftError
from trimtab.learning import INDEPENDENT
from trimtab.local.replayed_models import Promotion, ReplayedModels
from trimtab.registry import PromotePolicy


def models_of(folder, *slopes, promotion=QUICK, passed=True):
    made = [trained(number, slope, passed=passed or number == 0) for number, slope in enumerate(slopes)]
    policy = DriftPolicy(min_rows=100)
    return ReplayedModels(made, folder, "late", policy, promotion, DriftExtensions(), INDEPENDENT)


def test_model_is_measured_once_on_a_window(folder):
    models = models_of(folder, 1.0, 1.0)
    assert models.measurement("w0", "w1") is models.measurement("w0", "w1")
    assert models.figure("w0", "w1") == models.measurement("w0", "w1").predictions.figure.window
    assert models.metric.name == "roc_auc"


def test_model_that_is_only_better_by_chance_is_not_better(folder):
    models = models_of(folder, 1.0, 1.001)
    assert not models.is_better("w1", "w0")


def test_model_that_knows_the_concept_is_better_by_more_than_the_required_gain(folder):
    slopes = [1.0] * TURNS + [-1.0]
    assert models_of(folder, *slopes).is_better("w3", "w0")
    strict = Promotion(PromotePolicy(min_gain=0.9, resamples=100))
    assert not models_of(folder, *slopes, promotion=strict).is_better("w3", "w0")


def test_model_that_failed_its_gate_is_not_better_and_cannot_be_measured(folder):
    models = models_of(folder, 1.0, 1.0, passed=False)
    assert not models.is_better("w1", "w0")
    with pytest.raises(DriftError, match="no model of w1"):
        models.measurement("w1", "w1")


def test_gain_of_the_last_retrain_is_in_times_of_the_windows_between_the_models(folder):
    models = models_of(folder, *[1.0] * TURNS, -1.0, -1.0, -1.0)
    retrain = models.last_retrain("w3", "w1", "w5")
    assert (retrain.before, retrain.ages) == ("the model of w1", 1.0)
    assert retrain.gain > retrain.low > 0.3


def test_gain_is_unknown_on_a_window_of_one_class(tmp_path):
    for number in range(3):
        window(number).assign(late=0).to_parquet(tmp_path / f"w{number}.parquet")
    models = models_of(tmp_path, 1.0, 1.0, 1.0)
    assert math.isnan(models.figure("w1", "w2"))
    assert models.last_retrain("w1", "w0", "w2") is None
    assert not models.is_better("w2", "w1")
