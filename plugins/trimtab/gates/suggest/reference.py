"""The good data that a suite is drafted from, and the margins of its statistics.

Two things move a figure from one good file to the next. Chance does: a file is a sample. It is known from the
number of rows. And the world does, from day to day and from file to file. That is known from files, if there
are several, or from how parts of one file differ, if it has times to put them in order. A lasting trend is
known from neither: halves of a table in the order of time are good only of a world that stays as it is.

The chance that a suite fails on good data of the same world is ``FALSE_ALARMS`` in all, shared among its
statements (Bonferroni 1936).
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

FALSE_ALARMS = 0.01  # of suites, on good data
STATEMENTS = 20  # of a suite for each column: a bound, a quantile, a share
FEWER_ROWS = 0.55  # of those seen; the next file has as many at least: half a file is an error
SPREADS = 2  # room of a figure: the difference between files, so often
ENOUGH_FILES = 12
A_YEAR = 360  # days; one file of less has not seen the seasons
WIDER = 2  # rare events in the next file of a series of which few are known, as a multiple
MOVING = 0.25  # standard deviations that means of the parts of a file vary by
BLOCKS = 10  # parts of one file, in the order of time
LEAST_IN_BLOCK = 10  # rows
DRAWS = 3  # of as many parts by chance, to tell chance from time
MOST_IN_BLOCKS = 50_000  # rows
MOST_IN_PART = 5_000  # rows
NESTED = ("list", "struct", "map", "fixed_size_list")
SAMPLE = 20_000  # rows that relations are found from


@dataclass(frozen=True)
class Reference:
    """Good data.

    Attributes:
        content: Its files.
    """

    content: TableContent

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows."""
        return self.content.frame

    @cached_property
    def columns(self) -> list[str]:
        """The columns that have a value; keys of folders are left out, the next folder is named anew."""
        keys = self.content.table.keys
        nested = {name for name, kind in self.content.schema.items() if kind.startswith(NESTED)}
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
    def parts(self) -> list[pd.DataFrame]:
        """Rows of each file that are enough to tell how files differ."""
        return [file.sample(min(len(file), MOST_IN_PART), random_state=0) for file in self.files]

    @cached_property
    def few(self) -> bool:
        """Whether these are few files of a series, whose next one is of another time.

        A series is several files, or one that is named after a period or covers less than a year.
        Any other file is a table by itself, and the next is taken for more rows of the same.
        """
        if len(self.files) > 1:
            return len(self.files) < ENOUGH_FILES
        return named_after_period(next(iter(self.content.files))) or self._is_short

    @property
    def _is_short(self) -> bool:
        if not self.order:
            return False
        first = self.frame[self.order[0]]
        if not is_time(first):
            return int(first.nunique()) == 1  # the year
        times = as_times(first)
        return bool((times.max() - times.min()).days < A_YEAR)

    @property
    def severity_between(self) -> str:
        """How grave a broken relation is: a few files say too little of how far relations change."""
        return "warning" if self.few else "critical"

    def moves(self, name: str) -> bool:
        """Whether a column is another one at another time: one file has seen too little of where it goes.

        Rows without times are taken to be in their order.
        """
        if not self.few or len(self.files) > 1 or len(self.frame) < BLOCKS * LEAST_IN_BLOCK:
            return False
        column = (self.frame.sort_values(self.order, kind="stable") if self.order else self.frame)[[name]]
        deviation = float(column[name].std())
        means = _figures(lambda part: part[name].mean(), _cut(column))
        return len(means) > 1 and stdev(means) > deviation * (MOVING + math.sqrt(BLOCKS / len(column)))

    @cached_property
    def varying(self) -> list[str]:
        """The columns that have several values in every file: what goes with others."""
        return [name for name in self.columns if all(file[name].nunique() > 1 for file in self.files)]

    @cached_property
    def order(self) -> list[str]:
        """The columns that put rows into the order of time, the coarsest first; empty if there are none."""
        return time_columns(self.frame[self.columns])

    @cached_property
    def blocks(self) -> list[pd.DataFrame]:
        """Parts of one file in the order of time; none if there are several files, or no times."""
        if len(self.files) > 1 or not self.order or len(self.frame) < BLOCKS * LEAST_IN_BLOCK:
            return []
        return _cut(self._shuffled.sort_values(self.order, kind="stable"))  # those of one time by chance

    @cached_property
    def blocks_by_chance(self) -> list[pd.DataFrame]:
        """As large parts of it, drawn by chance."""
        return [
            block
            for seed in range(1, DRAWS + 1)
            for block in _cut(self._shuffled.sample(frac=1, random_state=seed))
        ]

    @cached_property
    def _shuffled(self) -> pd.DataFrame:
        return self.frame.sample(min(len(self.frame), MOST_IN_BLOCKS), random_state=0)

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Rows that are enough to find relations."""
        frame = self.frame
        return frame if len(frame) <= SAMPLE else frame.sample(SAMPLE, random_state=0).sort_index()

    @cached_property
    def level(self) -> float:
        """The chance at which one statement may fail on good data."""
        return FALSE_ALARMS / (STATEMENTS * max(1, len(self.columns)))

    @cached_property
    def deviations(self) -> float:
        """As many standard deviations of a normal figure lie beyond that chance, on two sides."""
        return -NormalDist().inv_cdf(self.level / 2)

    @cached_property
    def surprise(self) -> float:
        """Of events that never happened, most that may have been due: Poisson's law, ``exp(-this)``.

        That a column has what is too rare to be seen in one file and is seen in the next hardly ever happens:
        it is not counted as a statement of its own.
        """
        return -math.log(FALSE_ALARMS)

    def noise(self, rows: int) -> float:
        """Return the deviation of a difference of means, in those of one value: these rows, the next."""
        return math.sqrt(1 / rows + 1 / (FEWER_ROWS * min(rows, *self._rows, rows)))

    @cached_property
    def _rows(self) -> list[int]:
        return [len(file) for file in self.files]

    def rare(self, events: int, rows: int) -> float:
        """Return the share of the next rows that may show what these did (normal and Poisson bounds)."""
        share = events / rows
        chance = self.deviations * math.sqrt(share * (1 - share)) * self.noise(rows)
        due = share + chance + self.surprise * self.noise(rows) ** 2 / 2
        return min(1.0, due * (WIDER if self.few else 1))

    def room(self, figure: Callable[[pd.DataFrame], float]) -> float:
        """Return how far a figure moves from file to file, chance aside, or from one time to another.

        Blocks give the variance of a mean of them (batch means, Law and Carson 1979), so of the difference
        from as many blocks to come. What blocks drawn by chance vary is taken off: that is drafted elsewhere.
        """
        if len(self.files) > 1:
            found = _figures(figure, self.parts)
            return SPREADS * (max(found) - min(found)) if found else 0.0
        found = _figures(figure, self.blocks)
        if len(found) < 2:
            return 0.0
        by_chance = _figures(figure, self.blocks_by_chance)
        excess = variance(found) - (variance(by_chance) if len(by_chance) > 1 else 0.0)
        return self.deviations * math.sqrt(max(0.0, excess) * 2 / len(found))


def _figures(figure: Callable[[pd.DataFrame], float], parts: list[pd.DataFrame]) -> list[float]:
    return [value for part in parts if math.isfinite(value := float(figure(part)))]


def _cut(frame: pd.DataFrame) -> list[pd.DataFrame]:
    edges = [len(frame) * at // BLOCKS for at in range(BLOCKS + 1)]
    return [frame.iloc[first:last] for first, last in pairwise(edges)]
