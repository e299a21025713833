"""The good data that a suite is drafted from, and the margins of its statistics.

A statistic differs from one good file to the next for two reasons. The first is sampling error: a file is a
sample. It is computed from the number of rows. The second is that the process differs between files and
times. This is estimated from several files, or from blocks of one file in the order of time. A lasting trend
cannot be estimated from either.

A drafted suite fails on good data of the same process with the probability ``FALSE_ALARM_RATE``. This
probability is divided among the expectations (Bonferroni 1936).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist, stdev, variance
from typing import TYPE_CHECKING

from trimtab.gates.suggest.calendar import as_times, is_time, named_after_period, time_columns
from trimtab.tables import TableContent

if TYPE_CHECKING:
    import pandas as pd

FALSE_ALARM_RATE = 0.01  # share of the suites that fail on good data
EXPECTATIONS_PER_COLUMN = 20  # bounds, quantiles and shares, for the Bonferroni correction
MIN_ROW_RATIO = 0.55  # rows of the next file over the rows of a file, at least: half a file is an error
SPREAD_FACTOR = 2  # margin of a statistic, in differences between files
LONG_SERIES_FILES = 12  # a series with fewer files is short
LONG_SERIES_DAYS = 360  # a file with fewer days does not contain all seasons
SHORT_SERIES_FACTOR = 2  # rare events in the next file of a short series, as a multiple
TREND_DEVIATIONS = 0.25  # standard deviations that the means of the blocks vary by
BLOCKS = 10  # parts of one file in the order of time
MIN_BLOCK_ROWS = 10
SHUFFLES = 3  # of one file, to estimate how shuffled blocks differ
MAX_BLOCKED_ROWS = 50_000  # of all blocks together
MAX_FILE_ROWS = 5_000  # of a sample of each file
NESTED_TYPES = ("list", "struct", "map", "fixed_size_list")
SAMPLE_ROWS = 20_000  # in which relations are searched


@dataclass(frozen=True)
class Reference:
    """Good data, and the statistics that set the margins of drafted expectations.

    Attributes:
        content: The table of the good data.
    """

    content: TableContent

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows."""
        return self.content.frame

    @cached_property
    def columns(self) -> list[str]:
        """The columns with a value, without nested types and partition keys."""
        keys = self.content.table.keys
        nested = {name for name, kind in self.content.schema.items() if kind.startswith(NESTED_TYPES)}
        return [
            name
            for name in self.frame.columns
            if name not in keys and name not in nested and self.frame[name].notna().any()
        ]

    @cached_property
    def files(self) -> list[pd.DataFrame]:
        """The rows of each file."""
        return [part.frame for _, _, part in self.content.each_file()]

    @cached_property
    def file_samples(self) -> list[pd.DataFrame]:
        """A sample of each file, to compare the files."""
        return [file.sample(min(len(file), MAX_FILE_ROWS), random_state=0) for file in self.files]

    @cached_property
    def is_short_series(self) -> bool:
        """Whether the files are a short series: the next file is of another time, and these are few.

        A series is several files, or one file that is named after a period or covers less than a year.
        Every other file is a table by itself: the next file has more rows of the same process.
        """
        if len(self.files) > 1:
            return len(self.files) < LONG_SERIES_FILES
        return named_after_period(next(iter(self.content.files))) or self._is_short

    @property
    def _is_short(self) -> bool:
        if not self.time_order:
            return False
        first = self.frame[self.time_order[0]]
        if not is_time(first):
            return int(first.nunique()) == 1  # the year
        times = as_times(first)
        return bool((times.max() - times.min()).days < LONG_SERIES_DAYS)

    @property
    def relation_severity(self) -> str:
        """The severity of a relation: a short series does not show how much relations change."""
        return "warning" if self.is_short_series else "critical"

    def has_trend(self, name: str) -> bool:
        """Whether the mean of a column changes within the only file of a short series.

        Rows without times are assumed to be in the order of time.
        """
        if not self.is_short_series or len(self.files) > 1 or len(self.frame) < BLOCKS * MIN_BLOCK_ROWS:
            return False
        column = (self.frame.sort_values(self.time_order, kind="stable") if self.time_order else self.frame)[
            [name]
        ]
        deviation = float(column[name].std())
        means = _finite_values(lambda part: part[name].mean(), _split(column))
        return len(means) > 1 and stdev(means) > deviation * (
            TREND_DEVIATIONS + math.sqrt(BLOCKS / len(column))
        )

    @cached_property
    def varying_columns(self) -> list[str]:
        """The columns with several values in every file: only these can have relations."""
        return [name for name in self.columns if all(file[name].nunique() > 1 for file in self.files)]

    @cached_property
    def time_order(self) -> list[str]:
        """The columns that order the rows by time, the coarsest first; empty if there are none."""
        return time_columns(self.frame[self.columns])

    @cached_property
    def time_blocks(self) -> list[pd.DataFrame]:
        """The blocks of one file in the order of time; none if there are several files, or no times."""
        if len(self.files) > 1 or not self.time_order or len(self.frame) < BLOCKS * MIN_BLOCK_ROWS:
            return []
        # Shuffled first, so that rows of the same time are in random order.
        return _split(self._shuffled.sort_values(self.time_order, kind="stable"))

    @cached_property
    def shuffled_blocks(self) -> list[pd.DataFrame]:
        """Blocks of the same size from the shuffled file."""
        return [
            block
            for seed in range(1, SHUFFLES + 1)
            for block in _split(self._shuffled.sample(frac=1, random_state=seed))
        ]

    @cached_property
    def _shuffled(self) -> pd.DataFrame:
        return self.frame.sample(min(len(self.frame), MAX_BLOCKED_ROWS), random_state=0)

    @cached_property
    def sample(self) -> pd.DataFrame:
        """A sample of all rows, to search relations in."""
        frame = self.frame
        return frame if len(frame) <= SAMPLE_ROWS else frame.sample(SAMPLE_ROWS, random_state=0).sort_index()

    @cached_property
    def significance_level(self) -> float:
        """The probability that one expectation fails on good data."""
        return FALSE_ALARM_RATE / (EXPECTATIONS_PER_COLUMN * max(1, len(self.columns)))

    @cached_property
    def critical_value(self) -> float:
        """The two-sided critical value of the normal distribution at the significance level."""
        return -NormalDist().inv_cdf(self.significance_level / 2)

    @cached_property
    def max_unseen_events(self) -> float:
        """The highest expected number of events of which none occurred: Poisson, ``exp(-this)`` is the rate.

        Events that are absent from one file and occur in the next are rare. So this uses
        ``FALSE_ALARM_RATE`` without the Bonferroni correction.
        """
        return -math.log(FALSE_ALARM_RATE)

    def relative_standard_error(self, rows: int) -> float:
        """Return the standard error of the next file's mean minus this one's, in standard deviations."""
        return math.sqrt(1 / rows + 1 / (MIN_ROW_RATIO * min(rows, *self._rows, rows)))

    @cached_property
    def _rows(self) -> list[int]:
        return [len(file) for file in self.files]

    def upper_share(self, events: int, rows: int) -> float:
        """Return an upper bound of the share of events in the next file (normal and Poisson bounds)."""
        share = events / rows
        chance = self.critical_value * math.sqrt(share * (1 - share)) * self.relative_standard_error(rows)
        expected = share + chance + self.max_unseen_events * self.relative_standard_error(rows) ** 2 / 2
        return min(1.0, expected * (SHORT_SERIES_FACTOR if self.is_short_series else 1))

    def margin(self, statistic: Callable[[pd.DataFrame], float]) -> float:
        """Return how much a statistic differs between files or times, beyond sampling error.

        The variance between blocks gives the variance of their mean (batch means, Law and Carson 1979), and
        so that of the difference from the next blocks. The variance between shuffled blocks is subtracted:
        it is sampling error.
        """
        if len(self.files) > 1:
            found = _finite_values(statistic, self.file_samples)
            return SPREAD_FACTOR * (max(found) - min(found)) if found else 0.0
        found = _finite_values(statistic, self.time_blocks)
        if len(found) < 2:
            return 0.0
        shuffled = _finite_values(statistic, self.shuffled_blocks)
        excess = variance(found) - (variance(shuffled) if len(shuffled) > 1 else 0.0)
        return self.critical_value * math.sqrt(max(0.0, excess) * 2 / len(found))


def _finite_values(statistic: Callable[[pd.DataFrame], float], parts: list[pd.DataFrame]) -> list[float]:
    return [value for part in parts if math.isfinite(value := float(statistic(part)))]


def _split(frame: pd.DataFrame) -> list[pd.DataFrame]:
    edges = [len(frame) * at // BLOCKS for at in range(BLOCKS + 1)]
    return [frame.iloc[first:last] for first, last in pairwise(edges)]
