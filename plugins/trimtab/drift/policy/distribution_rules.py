"""Distribution rules: predictions, features one by one, and all features together."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.drift.measurement import Measurement, PredictionDrift
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.policy.metric_bound import MetricBound
from trimtab.drift.policy.worst_value import BoundedValue, find_worst
from trimtab.drift.statistics import benjamini_hochberg
from trimtab.params_sections import DriftPolicy

NAMED_FEATURES = 3  # in a sentence


def distribution_rules(measurement: Measurement, policy: DriftPolicy, *, level: float) -> list[DriftRule]:
    """Return the distribution rules; none of them leads to a retrain.

    Args:
        measurement: The measured window.
        policy: The bounds.
        level: The significance level of each test.
    """
    scores = [_score_psi(measurement.predictions, policy, level)] if measurement.predictions else []
    return [*scores, _drifted_features(measurement, policy, level), _domain_auc(measurement, policy)]


def _score_psi(predictions: PredictionDrift, policy: DriftPolicy, level: float) -> DriftRule:
    """Return the rule of the column of predictions that shifted most."""
    columns, bound = predictions.columns, policy.max_score_psi
    worst = columns[
        find_worst([BoundedValue(each.psi, bound, each.p_value) for each in columns], level=level)
    ]
    limit = f"more than the {bound:g} allowed" if worst.psi > bound else f"within the {bound:g} allowed"
    subject = f"column {worst.name}" if len(columns) > 1 else "predictions"
    return DriftRule.tested(
        "max_score_psi",
        worst.psi,
        bound,
        p_value=worst.p_value,
        exceeded=worst.psi > bound,
        leads_to="watch",
        sentence=f"the PSI of the {subject} is {worst.psi:.3f}, {limit}.",
    )


def _drifted_features(measurement: Measurement, policy: DriftPolicy, level: float) -> DriftRule:
    """Control false discoveries over all features first, then leave out those with little at stake."""
    features, mattering = measurement.features, features_that_matter(measurement, policy)
    adjusted = benjamini_hochberg([feature.p_value for feature in features])
    drifted = [
        (float(p_value), feature.name)
        for feature, p_value in zip(features, adjusted, strict=True)
        if p_value <= level and feature.excess_psi > policy.min_psi and feature.name in mattering
    ]
    names = [name for _, name in drifted]
    return DriftRule.tested(
        "features",
        len(names),
        0,
        p_value=min(drifted)[0] if drifted else 1.0,
        exceeded=bool(names),
        leads_to="watch",
        sentence=f"{len(names)} of {len(features)} feature(s) drifted and matter{name_some(names)}.",
    )


def features_that_matter(measurement: Measurement, policy: DriftPolicy) -> frozenset[str]:
    """Return the features that put so much of the metric at stake that their drift is not ignored."""
    predictions = measurement.predictions
    # Without a model there is no importance, so nothing that a bound could be relative to.
    reference = predictions.figure.reference if predictions else 0.0
    least = MetricBound.resolve(policy.min_metric_at_stake, reference).value
    return frozenset(
        feature.name
        for feature in measurement.features
        if feature.at_stake is None or feature.at_stake >= least
    )


def name_some(names: Sequence[str]) -> str:
    """Return the first names after a colon, for a sentence; empty if there are none."""
    more = ", …" if len(names) > NAMED_FEATURES else ""
    return f": {', '.join(names[:NAMED_FEATURES])}{more}" if names else ""


def _domain_auc(measurement: Measurement, policy: DriftPolicy) -> DriftRule:
    name, joint = "max_domain_auc", measurement.joint
    if joint is None:
        return DriftRule.unknown(
            name, policy.max_domain_auc, leads_to="watch", sentence="the samples have too few rows."
        )
    bound = max(policy.max_domain_auc, joint.noise)
    sentence = (
        f"a classifier tells the window from the reference with an AUC of {joint.auc:.3f}"
        f" ({joint.low:.3f} to {joint.high:.3f}); its bound is {bound:.3f}."
    )
    return DriftRule.tested(
        name,
        joint.auc,
        bound,
        p_value=joint.p_value,
        exceeded=joint.low > bound,
        leads_to="watch",
        sentence=sentence,
    )
