"""Drift policies replayed over drawn models and windows."""

import numpy as np
import pandas as pd
import pytest

from tests.library.local.replaying import QUICK, TURNS, trained
from trimtab.drift import DriftExtensions, DriftPolicy, DriftRule, build_reference
from trimtab.errors import ConfigError, DriftError
from trimtab.learning import BINARY, PROBLEM_TYPES, Predictor
from trimtab.local.policy_replay import PolicyChange, change_policy, replay_policies
from trimtab.local.replayed_models import TrainedModel
from trimtab.params_sections import RuleDeclaration

POLICY = DriftPolicy(min_rows=100, max_metric_drop=0.05, back_off=1)


@pytest.fixture(scope="module")
def replayed(folder):
    models = [trained(number, 1.0 if number < TURNS else -1.0) for number in range(6)]
    found = replay_policies(models, folder, label="late", policy=POLICY, promotion=QUICK)
    return {one.policy: one for one in found}


def test_frozen_policy_never_retrains(replayed):
    assert (replayed["frozen"].retrained, replayed["frozen"].seconds) == ((), 0)
    assert replayed["frozen"].worst < 0.35


def test_every_window_policy_retrains_after_each_window(replayed):
    assert replayed["every window"].retrained == ("w1", "w2", "w3", "w4", "w5")
    assert replayed["every window"].seconds == 50


def test_any_psi_policy_retrains_on_a_season_that_does_not_change_performance(replayed):
    assert "w1" in replayed["any PSI over 0.2"].retrained


def test_declared_policy_retrains_when_performance_drops_and_once_more_as_that_gained(replayed):
    assert replayed["declared"].promoted == ("w3",)
    assert replayed["declared"].retrained == ("w3", "w5"), "w5: the model before is still worse"
    assert replayed["declared"].mean == pytest.approx(replayed["every window"].mean, abs=0.01)


def test_figure_of_a_window_is_that_of_the_model_before_the_retrain(replayed):
    assert replayed["every window"].figures["w3"] == replayed["frozen"].figures["w3"]
    assert replayed["frozen"].metric.name == "roc_auc"


def test_model_that_failed_its_gate_is_never_promoted(folder):
    models = [trained(number, 1.0, passed=number != TURNS) for number in range(6)]
    declared = replay_policies(models, folder, label="late", policy=POLICY, promotion=QUICK)[-1]
    assert "w3" in declared.retrained
    assert "w3" not in declared.promoted


def test_changed_policy_is_replayed_beside_the_declared_policy(folder):
    models = [trained(number, 1.0 if number < TURNS else -1.0) for number in range(6)]
    *_, declared, never = replay_policies(
        models,
        folder,
        label="late",
        policy=POLICY,
        promotion=QUICK,
        also={"budget: 0": change_policy(POLICY, PolicyChange("budget", 0))},
    )
    assert (declared.retrained, never.policy, never.retrained) == (("w3", "w5"), "budget: 0", ())


def drifting_window(number, rows=3000):
    rng = np.random.default_rng(number)
    x = rng.normal(size=(rows, 2))
    angle = number / 8
    late = rng.random(rows) < 1 / (1 + np.exp(-2 * (x[:, 0] * np.cos(angle) + x[:, 1] * np.sin(angle))))
    return pd.DataFrame({"x": x[:, 0], "y": x[:, 1], "late": late.astype(int)})


class Angle:
    """A model that knows the direction in which the label depends on two columns."""

    def __init__(self, number):
        self.angle = number / 8

    def predict_proba(self, rows):
        score = rows["x"].to_numpy() * np.cos(self.angle) + rows["y"].to_numpy() * np.sin(self.angle)
        positive = 1 / (1 + np.exp(-2 * score))
        return np.column_stack([1 - positive, positive])


def test_slow_decay_is_found_by_the_model_before(tmp_path):
    models = []
    for number in range(10):
        held_out, learnt = drifting_window(number), max(number - 1, 0)
        held_out.to_parquet(tmp_path / f"w{number}.parquet")
        model = Predictor(BINARY, Angle(learnt), ("x", "y"))
        reference = build_reference(held_out[["x", "y"]], model.predict(held_out), held_out["late"])
        models.append(TrainedModel(f"w{number}", model, reference, seconds=10.0))

    frozen, every, _, declared = replay_policies(
        models, tmp_path, label="late", policy=DriftPolicy(min_rows=100), promotion=QUICK
    )

    assert declared.mean - frozen.mean > 0.85 * (every.mean - frozen.mean)
    assert len(declared.retrained) <= 0.4 * len(every.retrained)
    assert declared.retrained == declared.promoted


@pytest.mark.parametrize(("key", "value"), [("max_aeg", 2), ("max_age", -1)])
def test_change_of_policy_is_refused_when_key_or_value_is_invalid(key, value):
    with pytest.raises(ConfigError, match=f"{key}={value}") as refused:
        change_policy(POLICY, PolicyChange(key, value))
    assert ("did you mean 'max_age'" in str(refused.value)) == (key == "max_aeg")


def test_replay_is_refused_when_the_first_model_failed_its_gate(folder):
    with pytest.raises(DriftError, match="no model of w0"):
        replay_policies(
            [trained(0, 1.0, passed=False), trained(1, 1.0)],
            folder,
            label="late",
            policy=POLICY,
            promotion=QUICK,
        )


@pytest.mark.parametrize("key", ["rules", "statistics", "metric"])
def test_change_of_a_param_that_all_policies_share_is_refused(key):
    with pytest.raises(ConfigError, match=f"'{key}' cannot be changed for a replay"):
        change_policy(POLICY, PolicyChange(key, ["os:getcwd"]))


def test_rule_of_the_project_decides_in_a_replay(folder):
    def late(measurement, policy, own):
        return DriftRule.untested("late", 1, 0, fired=len(own) == 1, leads_to="retrain", sentence="late.")

    policy = POLICY.model_copy(update={"rules": [RuleDeclaration(rule="shop:late")], "max_metric_drop": 0.99})
    extensions = DriftExtensions.bind(policy, {"shop:late": late})
    models = [trained(number, 1.0) for number in range(6)]
    declared = replay_policies(
        models, folder, label="late", policy=policy, promotion=QUICK, extensions=extensions
    )[-1]
    assert declared.retrained[0] == "w2"


class Line:
    """A regressor that predicts a multiple of x."""

    def __init__(self, slope):
        self.slope = slope

    def predict(self, rows):
        return self.slope * rows["x"].to_numpy()


def test_loss_is_replayed_in_its_direction(tmp_path):
    def rents(number):
        rng = np.random.default_rng(number)
        x = rng.normal(10, 2, 1000)
        return pd.DataFrame({"x": x, "rent": (1.0 if number < 2 else 3.0) * x + rng.normal(0, 1, 1000)})

    def trained_line(number):
        held_out = rents(number)
        model = Predictor(PROBLEM_TYPES["regression"], Line(1.0 if number < 2 else 3.0), ("x",))
        reference = build_reference(
            held_out[["x"]], model.predict(held_out), held_out["rent"], problem_type="regression"
        )
        return TrainedModel(f"w{number}", model, reference, seconds=10.0)

    for number in range(4):
        rents(number).to_parquet(tmp_path / f"w{number}.parquet")
    policy = DriftPolicy(min_rows=100, metric="rmse")
    models = [trained_line(number) for number in range(4)]

    frozen, *_, declared = replay_policies(models, tmp_path, label="rent", policy=policy, promotion=QUICK)

    assert (declared.metric.name, declared.promoted) == ("rmse", ("w2",))
    assert frozen.worst == max(frozen.figures.values()) > 15
    assert declared.figures["w3"] < 1.2
