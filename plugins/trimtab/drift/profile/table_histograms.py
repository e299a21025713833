"""Count the rows of a table in histogram bins, in one pass over the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.profile.column_profile import ColumnProfile
from trimtab.drift.profile.profiled_table import ProfiledTable

if TYPE_CHECKING:
    import pyarrow as pa

THREADS = 2  # columns at a time; Arrow decodes the next ones meanwhile


@dataclass(frozen=True)
class TableHistograms:
    """The histograms of a table, with the bin indices of some rows.

    Attributes:
        rows: Rows of the table.
        features: The profile of each feature.
        by_period: Rows per period and bin, of shape (n_periods, n_bins), by feature; empty without periods.
        bin_indices: Bin indices of all rows, of shape (n_rows,), of the features that were asked for.
        sampled_rows: Row numbers of the sample, ascending, of shape (n_sampled,).
        sample: Bin indices of the sample, of shape (n_sampled, n_features), in the order of the features.
    """

    rows: int
    features: dict[str, ColumnProfile]
    by_period: dict[str, NDArray[np.int64]]
    bin_indices: dict[str, NDArray[np.uint8]]
    sampled_rows: NDArray[np.int64]
    sample: NDArray[np.uint8]

    def with_sample_of(self, rows: int) -> TableHistograms:
        """Return the same histograms with a sample of so many rows at most, drawn from this one."""
        if len(self.sampled_rows) <= rows:
            return self
        chosen = np.sort(np.random.default_rng(0).choice(len(self.sampled_rows), rows, replace=False))
        return replace(self, sampled_rows=self.sampled_rows[chosen], sample=self.sample[chosen])


def count_table(
    table: ProfiledTable,
    profiles: Mapping[str, ColumnProfile],
    *,
    keep: Sequence[str] = (),
    sample: int = 0,
    periods: NDArray[np.intp] | None = None,
) -> TableHistograms:
    """Count the rows of a table in the bins of profiles.

    Args:
        table: The table.
        profiles: The bins, by feature.
        keep: Features whose bin index is kept for every row, a byte each.
        sample: Number of rows to sample. Tables of equal length have the same sampled rows.
        periods: Each row's period, numbered from 0, of shape (n_rows,).

    Raises:
        DriftError: A feature is missing, or its type does not fit its profile.
    """
    counter = _Counter(table, profiles, keep, sample, periods)
    with ThreadPoolExecutor(THREADS) as pool:
        for batch in table.batches(list(profiles)):
            counter.add(batch, pool)
    totals = {name: counts.reshape(-1, counter.sizes[name]) for name, counts in counter.counts.items()}
    return TableHistograms(
        rows=table.rows,
        features={
            name: profiles[name].with_bin_counts(counts.sum(axis=0)) for name, counts in totals.items()
        },
        by_period={} if periods is None else totals,
        bin_indices={name: np.concatenate(parts) for name, parts in counter.kept.items()},
        sampled_rows=counter.sampled_rows,
        sample=counter.sample,
    )


class _Counter:
    """The counts of the rows read so far."""

    def __init__(
        self,
        table: ProfiledTable,
        profiles: Mapping[str, ColumnProfile],
        keep: Sequence[str],
        sample: int,
        periods: NDArray[np.intp] | None,
    ) -> None:
        random = np.random.default_rng(0)
        self.sampled_rows = np.sort(random.choice(table.rows, min(sample, table.rows), replace=False))
        self.profiles, self.periods, self.start = profiles, periods, 0
        self.sizes = {name: len(profile.bin_counts()) for name, profile in profiles.items()}
        number = 1 if periods is None else int(periods.max()) + 1
        self.counts = {name: np.zeros(number * size, dtype=np.int64) for name, size in self.sizes.items()}
        self.kept: dict[str, list[NDArray[np.uint8]]] = {name: [] for name in keep}
        self.sample = np.zeros((len(self.sampled_rows), len(profiles)), dtype=np.uint8)

    def add(self, batch: pa.RecordBatch, pool: ThreadPoolExecutor) -> None:
        """Count the next rows, several columns in parallel."""
        rows = slice(self.start, self.start + len(batch))
        in_sample = slice(*np.searchsorted(self.sampled_rows, [rows.start, rows.stop]))

        def count(place: int, name: str) -> None:
            indices = self.profiles[name].bin_indices(batch.column(name), name)
            self.sample[in_sample, place] = indices[self.sampled_rows[in_sample] - rows.start]
            if name in self.kept:
                self.kept[name].append(indices.astype(np.uint8))
            if self.periods is not None:
                indices = indices + self.periods[rows] * self.sizes[name]
            self.counts[name] += np.bincount(indices, minlength=len(self.counts[name]))

        list(pool.map(count, range(len(self.profiles)), self.profiles))
        self.start = rows.stop
