"""The rules of the project's own drift statistics: one each, named after the statistic's function."""

from __future__ import annotations

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.distribution_rules import features_that_matter, name_some
from trimtab.drift.policy.drift_rule import DriftRule
from trimtab.drift.statistics import benjamini_hochberg
from trimtab.errors import DriftError
from trimtab.params_sections import DriftPolicy, StatisticBound


def statistic_rules(measurement: Measurement, policy: DriftPolicy, *, level: float) -> list[DriftRule]:
    """Return a rule for each statistic that the policy declares; none of them leads to a retrain.

    Args:
        measurement: The measured window.
        policy: The bounds.
        level: The significance level of each test.

    Raises:
        DriftError: A statistic was not measured.
    """
    return [_statistic_rule(measurement, policy, bound, level) for bound in policy.statistics]


def _statistic_rule(
    measurement: Measurement, policy: DriftPolicy, bound: StatisticBound, level: float
) -> DriftRule:
    """Control false discoveries over all features first, then leave out those with little at stake."""
    features, mattering = measurement.features, features_that_matter(measurement, policy)
    measured = [feature.statistics.get(bound.name) for feature in features]
    found = [one for one in measured if one is not None]
    if len(found) < len(features):
        raise DriftError(
            f"The drift statistic '{bound.statistic}' was not measured",
            where="params.yaml: drift.statistics",
            fix="measure with `statistics=` of the DriftExtensions of this policy",
        )
    adjusted = benjamini_hochberg([1.0 if one.p_value is None else one.p_value for one in found])
    drifted = [
        (float(p_value), one.value, feature.name)
        for feature, one, p_value in zip(features, found, adjusted, strict=True)
        if p_value <= level and one.value > bound.max and feature.name in mattering
    ]
    names = [name for _, _, name in drifted]
    return DriftRule.tested(
        bound.name,
        max(value for _, value, _ in drifted) if drifted else max(one.value for one in found),
        bound.max,
        p_value=min(p_value for p_value, _, _ in drifted) if drifted else float(min(adjusted)),
        exceeded=bool(drifted),
        leads_to="watch",
        sentence=f"{bound.name} significantly exceeds {bound.max:g} in {len(names)} of {len(features)}"
        f" feature(s) that matter{name_some(names)}.",
    )
