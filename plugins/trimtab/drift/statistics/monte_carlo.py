"""The Monte Carlo test of a statistic whose distribution has no formula."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from trimtab.drift.statistics.project_statistic import Counts, ProjectStatistic

SEED = 0
FIRST_DRAWS = 199  # of each feature; most features without drift need no more
ENOUGH = 10  # draws as large as the measured value, after which more would not make its p-value small
PRECISION = 2  # the lowest p-value, adjusted, is the significance level divided by it
CHUNK = 1000  # draws in memory at a time


class MonteCarloTest:
    """The test of one feature: how often two samples of one distribution are as far apart as measured.

    Both samples are drawn from the pooled distribution. Rows are rarely independent, so the samples are as
    many rows as the counted rows are worth: their number divided by the design effect. They are then scaled
    to the counted rows, so that a statistic that depends on the number of rows is tested too.

    Args:
        statistic: The statistic.
        feature: The feature; each has random numbers of its own, the same in every run.
        reference: Rows of the reference per bin, of shape (n_bins,).
        window: Rows of the window per bin, of shape (n_bins,).
        design_effect: Variance of the counts relative to independent rows.

    Attributes:
        draws: Number of draws so far.
        exceeding: Those of them with a statistic at least as large as the measured one.
    """

    def __init__(
        self,
        statistic: ProjectStatistic,
        feature: str,
        reference: Counts,
        window: Counts,
        *,
        design_effect: float,
    ) -> None:
        self._statistic, self._feature, self._effect = statistic, feature, design_effect
        self._rows = int(reference.sum()), int(window.sum())
        self._pooled = (reference + window) / sum(self._rows)
        measured = statistic.value(reference, window, feature=feature)
        self._measured = measured - 1e-9 * abs(measured)  # equal counts in another order may round otherwise
        self._random = np.random.default_rng([SEED, zlib.crc32(feature.encode())])
        self.draws = self.exceeding = 0

    def is_decided(self) -> bool:
        """Whether the p-value cannot become small any more."""
        return self.exceeding >= ENOUGH

    @property
    def p_value(self) -> float:
        """The p-value after the draws so far."""
        if self.is_decided():  # the draw that ends the test does not count (Besag & Clifford 1991)
            return self.exceeding / self.draws
        return (1 + self.exceeding) / (1 + self.draws)

    def draw(self, until: int) -> None:
        """Draw until there are so many draws, or the test is decided."""
        while self.draws < until and not self.is_decided():
            for reference, window in self._samples(min(CHUNK, until - self.draws)):
                value = self._statistic.value(reference, window, feature=self._feature)
                self.draws += 1
                self.exceeding += value >= self._measured
                if self.is_decided():
                    break

    def _samples(self, number: int) -> Iterator[tuple[Counts, Counts]]:
        drawn = []
        for rows in self._rows:
            worth = max(1, round(rows / self._effect))
            samples = self._random.multinomial(worth, self._pooled, size=number)
            drawn.append(np.rint(samples * (rows / worth)).astype(np.int64))
        return zip(*drawn, strict=True)


def run_monte_carlo_tests(tests: Sequence[MonteCarloTest], *, features: int, level: float) -> None:
    """Draw until the p-values are precise enough for a Benjamini-Hochberg adjustment over all features.

    Sequential Monte Carlo p-values (J. Besag & P. Clifford, Biometrika 1991): a test ends early once its
    p-value cannot become small. Of the others, ``n`` are significant together if their p-values are at most
    ``n * level / features``. So all tests together make about ``PRECISION * features / level`` draws, whether
    one feature has drifted or all have.

    Args:
        tests: The tests of the features that exceed their bound.
        features: Number of all features.
        level: The significance level of the adjusted p-values.
    """
    draws, running = FIRST_DRAWS, list(tests)
    while running:
        for test in running:
            test.draw(draws)
        running = [test for test in running if not test.is_decided()]
        needed = math.ceil(PRECISION * features / (level * max(len(running), 1)))
        if draws >= needed:
            break
        draws = min(4 * draws, needed)
