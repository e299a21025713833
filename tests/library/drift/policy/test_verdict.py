import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.config import parse_params
from trimtab.drift import DriftPolicy, build_reference, decide, measure
from trimtab.drift.measurement.measurement import ComparedValue
from trimtab.errors import ConfigError, DriftError

POLICY = DriftPolicy(min_rows=1000, max_metric_drop=0.03, max_score_psi=0.25)
POLICY_OF_TYPE = DriftPolicy(min_rows=1000)


def changed(measurement, *, rows=5000, auc=(0.73, 0.73), score_psi=0.01):
    """Return the measurement with these values: drawn data cannot equal a bound exactly."""
    performance = {**measurement.predictions.performance, "roc_auc": ComparedValue(*auc)}
    (column,) = measurement.predictions.columns
    shifted = dataclasses.replace(column, psi=score_psi, p_value=0.0)
    predictions = dataclasses.replace(measurement.predictions, performance=performance, columns=(shifted,))
    return dataclasses.replace(measurement, rows=rows, predictions=predictions)


def fired(verdict):
    return [rule.name for rule in verdict.rules if rule.fired]


def test_verdict_is_none_without_drift(same_world):
    verdict = decide(same_world, POLICY)

    assert (verdict.decision, fired(verdict)) == ("none", [])
    assert verdict.sentence.startswith("Nothing to do: ROC AUC is 0.")


def test_rules_do_not_fire_at_their_bounds(same_world):
    at_bound = changed(same_world, rows=1000, auc=(0.73, 0.70), score_psi=0.25)
    assert decide(at_bound, POLICY).decision == "none"


@pytest.mark.parametrize(
    ("figures", "rule", "decision"),
    [
        ({"rows": 999}, "min_rows", "investigate"),
        ({"auc": (0.73, 0.699999)}, "max_metric_drop", "retrain"),
        ({"score_psi": 0.250001}, "max_score_psi", "watch"),
    ],
)
def test_rule_fires_just_beyond_its_bound(same_world, figures, rule, decision):
    verdict = decide(changed(same_world, **figures), POLICY)

    assert (verdict.decision, fired(verdict)) == (decision, [rule])
    assert verdict.sentence.startswith(f"{decision.capitalize()}: ")


def test_drop_of_roc_auc_retrains_and_sentence_has_the_values(draw, reference):
    verdict = decide(measure(reference, *draw(seed=2, skill=0.5)), POLICY)

    assert verdict.decision == "retrain"
    assert "ROC AUC fell from 0.8" in verdict.sentence
    assert verdict.sentence.endswith("by more than the 0.03 allowed.")


def test_rise_of_roc_auc_does_not_fire(same_world):
    assert decide(changed(same_world, auc=(0.70, 0.90)), POLICY).decision == "none"


def test_feature_drift_without_performance_drop_is_watched_only(draw, reference):
    features, scores, labels = draw(seed=2)
    summer = features.assign(temp=features["temp"] + 40)

    verdict = decide(measure(reference, summer, scores, labels), POLICY)

    assert verdict.measurement.features[0].psi > 5
    assert (verdict.decision, fired(verdict)) == ("watch", ["features", "max_domain_auc"])


def test_feature_drift_with_little_at_stake_is_not_watched(draw):
    features, scores, labels = draw(seed=2)
    with_importance = build_reference(
        *draw(seed=1), importance={"carrier": 0.1, "precip": 0.1, "temp": 0.0001}
    )
    policy = POLICY.model_copy(update={"min_metric_at_stake": 0.001, "max_domain_auc": 1.0})

    summer = features.assign(temp=features["temp"] + 40)

    assert decide(measure(with_importance, summer, scores, labels), policy).decision == "none"


def test_labels_of_one_class_are_investigated(draw, reference):
    features, scores, _ = draw(seed=2)

    verdict = decide(measure(reference, features, scores, np.zeros(len(features))), POLICY)

    assert (verdict.decision, fired(verdict)) == ("investigate", ["labels_differ", "max_calibration_gap"])
    assert "the label is 0 in all 2,000 rows" in verdict.sentence


def test_delayed_labels_leave_the_decision_to_the_estimated_roc_auc(draw, reference):
    features, scores, _ = draw(seed=2)

    quiet = decide(measure(reference, features, scores), POLICY)
    loud = decide(measure(reference, features, scores / 3), POLICY)

    assert (quiet.decision, loud.decision) == ("none", "retrain")
    assert "estimated ROC AUC fell" in loud.sentence
    assert quiet.sentence.endswith("The labels are delayed.")


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(
    rows=st.integers(1, 999),
    before=st.floats(0.5, 1),
    now=st.floats(0, 1),
    score_psi=st.floats(0, 20),
)
def test_window_with_too_few_rows_never_retrains(same_world, rows, before, now, score_psi):
    verdict = decide(changed(same_world, rows=rows, auc=(before, now), score_psi=score_psi), POLICY)
    assert verdict.decision == "investigate"


@settings(deadline=None)  # the duration is not a property: a busy machine is slow
@given(
    loss=st.floats(0, 0.5).map(lambda x: round(x, 6)),
    more=st.floats(0, 0.2).map(lambda x: round(x, 6)),
)
def test_larger_drop_of_roc_auc_never_weakens_the_decision(same_world, loss, more):
    less, greater = (
        decide(changed(same_world, auc=(0.9, 0.9 - x)), POLICY).decision for x in (loss, loss + more)
    )
    assert (less, greater) != ("retrain", "none")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("min_rows", 0),
        ("max_metric_drop", 0.0),
        ("max_metric_drop", "0 %"),
        ("max_metric_drop", "five"),
        ("max_metric_drop", float("inf")),
        ("min_metric_at_stake", -0.1),
        ("max_score_psi", -1.0),
        ("max_metric_dorp", 0.1),
        ("metric", "accurracy"),
        ("metric", "precision"),
        ("metric", "bias"),
    ],
)
def test_invalid_policy_is_refused_with_its_key(key, value):
    with pytest.raises(ConfigError, match=key):
        parse_params(DriftPolicy, {**POLICY.model_dump(), key: value}, where="params.yaml: drift")


def test_old_keys_of_the_policy_are_read_as_the_new_ones():
    old = {"max_auc_drop": 0.1, "min_auc_at_stake": 0.2}
    policy = parse_params(DriftPolicy, old, where="params.yaml: drift")
    assert (policy.max_metric_drop, policy.min_metric_at_stake) == (0.1, 0.2)


def test_policy_with_another_metric_than_the_measurement_is_refused(same_world):
    with pytest.raises(DriftError, match="measured in roc_auc, not in brier"):
        decide(same_world, DriftPolicy(metric="brier"))
    assert decide(same_world, DriftPolicy(metric="roc_auc")).decision == "none"


@pytest.mark.parametrize(
    ("name", "worse", "sentence"),
    [
        ("numbers", {"noise": 1.5}, "Retrain: MAE rose from"),
        ("classes", {"lost": 0.5}, "Retrain: log loss rose from"),
        ("quantiles", {"noise": 1.5}, "Retrain: pinball loss rose from"),
    ],
)
def test_loss_of_performance_retrains_for_every_problem_type(request, name, worse, sentence):
    reference, draw = request.getfixturevalue(name), request.getfixturevalue(f"draw_{name}")
    assert decide(measure(reference, *draw(seed=2)), POLICY_OF_TYPE).decision == "none"
    lost = decide(measure(reference, *draw(seed=2, **worse)), POLICY_OF_TYPE)
    assert lost.decision == "retrain"
    assert lost.sentence.startswith(sentence)


def test_delayed_labels_of_numbers_leave_the_decision_to_the_estimate(numbers, draw_numbers):
    features, predictions, _ = draw_numbers(seed=2, shift=3.0)
    verdict = decide(measure(numbers, features, predictions), POLICY_OF_TYPE)
    assert verdict.decision == "retrain"
    assert "estimated MAE rose" in verdict.sentence


def test_delayed_labels_of_quantiles_leave_the_decision_to_the_estimate(quantiles, draw_quantiles):
    features, predictions, _ = draw_quantiles(seed=2, shift=3.0)
    policy = DriftPolicy(max_estimated_metric_drop="5 %")
    verdict = decide(measure(quantiles, features, predictions), policy)
    assert verdict.decision == "retrain"
    assert "estimated pinball loss rose" in verdict.sentence


def test_labels_that_are_all_equal_are_investigated_for_every_problem_type(
    numbers, draw_numbers, classes, draw_classes
):
    for reference, draw, label in ((numbers, draw_numbers, 7.0), (classes, draw_classes, "cat")):
        features, predictions, _ = draw(seed=2)
        verdict = decide(measure(reference, features, predictions, [label] * len(features)), POLICY_OF_TYPE)
        assert verdict.decision == "investigate"
        assert f"the label is {label if label == 'cat' else 7} in all 2,000 rows" in verdict.sentence
