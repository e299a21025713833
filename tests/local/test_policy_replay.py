"""Policies played over models and windows that are drawn: who trains when, and what came of it."""

import numpy as np
import pandas as pd
import pytest

from trimtab.drift import DriftPolicy, build_reference
from trimtab.errors import ConfigError, DriftError
from trimtab.local.policy_replay import Trained, changed_policy, play_all
from trimtab.registry import ScoringModel

POLICY = DriftPolicy(min_rows=100, max_auc_drop=0.05, back_off=1)
TURNS = 3  # the window in which the world turns round


class Slope:
    """A model that knows one thing: whether outcomes rise or fall with x."""

    def __init__(self, slope):
        self.slope = slope

    def predict_proba(self, rows):
        positive = 1 / (1 + np.exp(-self.slope * rows["x"].to_numpy()))
        return np.column_stack([1 - positive, positive])


def window(number, rows=3000):
    rng = np.random.default_rng(number)
    x = rng.normal(number % 2, 1, rows)  # a season, which costs nothing
    slope = 1.0 if number < TURNS else -1.0
    return pd.DataFrame({"x": x, "late": (rng.random(rows) < 1 / (1 + np.exp(-slope * x))).astype(int)})


def trained(number, slope, *, passed=True):
    held_out, model = window(number), ScoringModel(Slope(slope), ("x",), f"model {number}")
    reference = build_reference(held_out[["x"]], model.score(held_out), held_out["late"])
    return Trained(f"w{number}", model if passed else None, reference if passed else None, seconds=10.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    for number in range(6):
        window(number).to_parquet(folder / f"w{number}.parquet")
    return folder


@pytest.fixture(scope="module")
def played(folder):
    models = [trained(number, 1.0 if number < TURNS else -1.0) for number in range(6)]
    found = play_all(models, folder, label="late", policy=POLICY)
    return {one.policy: one for one in found}


def test_a_frozen_model_never_trains(played):
    assert (played["frozen"].retrained, played["frozen"].seconds) == ((), 0)
    assert played["frozen"].worst < 0.35


def test_every_window_trains_on_every_window(played):
    assert played["every window"].retrained == ("w1", "w2", "w3", "w4", "w5")
    assert played["every window"].seconds == 50


def test_the_usual_bound_trains_on_a_season_that_costs_nothing(played):
    assert "w1" in played["any PSI over 0.2"].retrained


def test_the_declared_policy_trains_when_it_helps_and_then_once(played):
    assert played["declared"].retrained == played["declared"].promoted == ("w3",)
    assert played["declared"].mean == pytest.approx(played["every window"].mean, abs=0.01)


def test_a_loss_counts_in_the_window_it_happens_in_whoever_retrains(played):
    assert played["every window"].roc_auc["w3"] == played["frozen"].roc_auc["w3"]


def test_a_model_its_gate_refused_never_goes_live(folder):
    models = [trained(number, 1.0, passed=number != TURNS) for number in range(6)]
    declared = play_all(models, folder, label="late", policy=POLICY)[-1]
    assert "w3" in declared.retrained
    assert "w3" not in declared.promoted


def test_another_policy_is_played_beside_the_declared_one(folder):
    models = [trained(number, 1.0 if number < TURNS else -1.0) for number in range(6)]
    *_, declared, never = play_all(
        models, folder, label="late", policy=POLICY, also={"budget: 0": changed_policy(POLICY, "budget", 0)}
    )
    assert (declared.retrained, never.policy, never.retrained) == (("w3",), "budget: 0", ())


@pytest.mark.parametrize(("key", "value"), [("max_aeg", 2), ("max_age", -1)])
def test_a_change_the_policy_does_not_know_is_refused_before_work(key, value):
    with pytest.raises(ConfigError, match=f"{key}={value}") as refused:
        changed_policy(POLICY, key, value)
    assert ("did you mean 'max_age'" in str(refused.value)) == (key == "max_aeg")


def test_without_a_first_model_there_is_nothing_to_play(folder):
    with pytest.raises(DriftError, match="no model of w0"):
        play_all([trained(0, 1.0, passed=False), trained(1, 1.0)], folder, label="late", policy=POLICY)
