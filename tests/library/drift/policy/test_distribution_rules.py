"""Distribution rules: scores, features, and all features together."""

import dataclasses

from trimtab.drift import DriftPolicy, measure
from trimtab.drift.policy.distribution_rules import distribution_rules

POLICY = DriftPolicy(min_psi=0.02, max_score_psi=0.25, max_domain_auc=0.6)


def apply(measurement, policy=POLICY, **changes):
    changed = dataclasses.replace(measurement, **changes)
    return {rule.name: rule for rule in distribution_rules(changed, policy, level=0.01)}


def features(measurement, *p_values, excess_psi=1.0):
    names = (dataclasses.replace(measurement.features[0], name=f"x{i}") for i in range(len(p_values)))
    return tuple(
        dataclasses.replace(feature, p_value=p_value, excess_psi=excess_psi)
        for feature, p_value in zip(names, p_values, strict=True)
    )


def test_no_distribution_rule_leads_to_a_retrain(same_world):
    assert {rule.leads_to for rule in apply(same_world).values()} == {"watch"}


def test_features_rule_adjusts_p_values_for_false_discoveries(same_world):
    one, four = features(same_world, 0.004), features(same_world, 0.004, 0.5, 0.6, 0.7)
    assert apply(same_world, features=one)["features"].exceeded
    assert not apply(same_world, features=four)["features"].exceeded, "4 * 0.004 is over 0.01"


def test_features_rule_names_three_features_at_most(same_world):
    rule = apply(same_world, features=features(same_world, 0, 0, 0, 0))["features"]
    assert rule.sentence == "4 of 4 feature(s) drifted and matter: x0, x1, x2, …."


def test_features_rule_ignores_drift_within_noise(same_world):
    within = features(same_world, 0.0, excess_psi=0.02)
    assert apply(same_world, features=within)["features"].sentence == "0 of 1 feature(s) drifted and matter."


def test_domain_auc_rule_has_the_noise_of_the_reference_as_least_bound(same_world):
    joint = dataclasses.replace(same_world.joint, auc=0.75, low=0.7, high=0.8, noise=0.5)
    noisy = dataclasses.replace(joint, noise=0.72)
    assert apply(same_world, joint=joint)["max_domain_auc"].exceeded
    rule = apply(same_world, joint=noisy)["max_domain_auc"]
    assert (rule.exceeded, rule.bound) == (False, 0.72)


def test_domain_auc_rule_is_unknown_when_samples_are_too_small(same_world):
    rule = apply(same_world, joint=None)["max_domain_auc"]
    assert (rule.value, rule.fired, rule.sentence) == (None, False, "the samples have too few rows.")


def test_table_without_predictions_has_no_score_rule(same_world):
    assert list(apply(same_world, predictions=None)) == ["features", "max_domain_auc"]


def test_score_rule_is_about_the_column_that_shifted_most(classes, draw_classes):
    shifted = measure(classes, *draw_classes(seed=2, shift=1.5))
    rule = apply(shifted)["max_score_psi"]
    assert rule.value == max(column.psi for column in shifted.predictions.columns)
    assert rule.sentence.startswith("the PSI of the column probability_cat is ")


def test_feature_matters_relative_to_the_figure_of_the_reference(same_world):
    bound = {"min_metric_at_stake": "10 %"}
    least = 0.1 * same_world.predictions.figure.reference
    for at_stake, matters in ((least * 0.99, False), (least * 1.01, True)):
        drifted = tuple(dataclasses.replace(f, at_stake=at_stake) for f in features(same_world, 0.0))
        rule = apply(same_world, DriftPolicy(**bound), features=drifted)["features"]
        assert rule.exceeded is matters
