"""The rules of the project's own drift statistics."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from trimtab.drift import DriftExtensions, DriftPolicy, build_reference, decide, measure
from trimtab.errors import DriftError

NAME = "shop.drift:distance"


def distance(reference, window):
    """The total variation distance."""
    return float(np.abs(reference / reference.sum() - window / window.sum()).sum() / 2)


def policy(bound, **params):
    return DriftPolicy(statistics=[{"statistic": NAME, "max": bound}], **params)


def checked(reference, window, declared):
    extensions = DriftExtensions.bind(declared, {NAME: distance})
    measurement = measure(reference, *window, statistics=extensions.statistics)
    return decide(measurement, declared, extensions=extensions)


def rule(verdict):
    (found,) = (rule for rule in verdict.rules if rule.name == "distance")
    return found


def test_feature_beyond_the_bound_is_watched_by_the_rule_of_the_statistic(draw, reference):
    verdict = checked(reference, draw(seed=2, shift=1.0), policy(0.2, min_psi=100, max_score_psi=100))
    fired = rule(verdict)
    assert (fired.fired, fired.leads_to, fired.bound) == (True, "watch", 0.2)
    assert fired.value > 0.2
    assert fired.p_value < 0.01
    assert fired.sentence.startswith(
        "distance significantly exceeds 0.2 in 1 of 3 feature(s) that matter: temp."
    )


def test_feature_within_the_bound_is_measured_and_not_tested(same_world, draw, reference):
    verdict = checked(reference, draw(seed=2), policy(0.5))
    measured = [feature.statistics["distance"] for feature in verdict.measurement.features]
    assert [one.p_value for one in measured] == [None, None, None]
    assert all(0 < one.value < 0.5 for one in measured)
    assert not rule(verdict).exceeded


def test_feature_with_little_at_stake_is_not_watched(draw, reference):
    important = reference.model_copy(update={"importance": dict.fromkeys(reference.features, 0.001)})
    verdict = checked(important, draw(seed=2, shift=1.0), policy(0.2, min_metric_at_stake=0.01))
    assert not rule(verdict).exceeded


def test_measurement_without_the_statistic_is_refused(same_world):
    declared = policy(0.2)
    with pytest.raises(DriftError, match=r"'shop.drift:distance' was not measured"):
        decide(same_world, declared, extensions=DriftExtensions.bind(declared, {NAME: distance}))


@pytest.mark.slow
def test_windows_of_the_reference_distribution_raise_few_alarms_whatever_the_bound():
    """The bound is so low that every feature exceeds it by chance, and significance alone decides."""
    rng, names = np.random.default_rng(5), [f"x{i}" for i in range(20)]

    def window(rows=500):
        frame = pd.DataFrame(rng.normal(size=(rows, len(names))), columns=names)
        return frame, rng.random(rows), (rng.random(rows) < 0.3).astype(int)

    reference, declared = build_reference(*window()), policy(0.001, false_alarm_rate=0.5)
    alarms = [rule(checked(reference, window(), declared)).exceeded for _ in range(20)]
    assert sum(alarms) <= 6, "each has the level 0.25 / 6; 6 or fewer of 20 have a probability of 0.999"


def test_rule_is_fired_by_as_many_windows_as_needed(draw, reference):
    verdict = checked(reference, draw(seed=2, shift=1.0), policy(0.2, needed=2, of_last=2))
    assert (rule(verdict).exceeded, rule(verdict).fired) == (True, False)


def test_p_values_count_in_the_false_alarm_rate(draw, reference):
    verdict = checked(reference, draw(seed=2), policy(0.5))
    without = dataclasses.replace(verdict.measurement)
    from trimtab.drift.policy.significance_level import SignificanceLevel

    assert SignificanceLevel.of_window(without, policy(0.5)).of_others == pytest.approx(0.025 / 6)
    assert SignificanceLevel.of_window(without, DriftPolicy()).of_others == pytest.approx(0.025 / 5)
