"""Measure a drift statistic of the project on each feature."""

from __future__ import annotations

from trimtab.drift.measurement.bin_groups import group_counts
from trimtab.drift.measurement.measurement import MeasuredStatistic
from trimtab.drift.profile import ReferenceProfile, TableHistograms
from trimtab.drift.statistics import DIGITS, MonteCarloTest, ProjectStatistic, run_monte_carlo_tests


def measure_statistic(
    statistic: ProjectStatistic, reference: ReferenceProfile, histograms: TableHistograms
) -> dict[str, MeasuredStatistic]:
    """Return the statistic of each feature, with a p-value if the value is beyond its bound.

    Args:
        statistic: The statistic.
        reference: The reference profile of the features.
        histograms: The window's histograms.

    Raises:
        DriftError: The function of the statistic raises, or returns no finite number.
    """
    values: dict[str, float] = {}
    tests: dict[str, MonteCarloTest] = {}
    for name, before in reference.features.items():
        expected = group_counts(before, before)
        actual = group_counts(before, histograms.features[name])
        values[name] = round(statistic.value(expected, actual, feature=name), DIGITS)
        if values[name] > statistic.max:
            effect = reference.noise.features.get(name, 1.0)
            tests[name] = MonteCarloTest(statistic, name, expected, actual, design_effect=effect)
    run_monte_carlo_tests(list(tests.values()), features=len(values), level=statistic.level)
    return {
        name: MeasuredStatistic(value, tests[name].p_value if name in tests else None)
        for name, value in values.items()
    }
