"""Count a table's rows in the bins of profiles, in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.profiled_table import Table

if TYPE_CHECKING:
    import pyarrow as pa

THREADS = 2  # columns at a time; Arrow decodes the next ones meanwhile


@dataclass(frozen=True)
class Tally:
    """What one pass over a table leaves.

    Attributes:
        rows: Rows of the table.
        features: Each profile's counterpart in this table.
        by_period: Rows per period and place, of shape (n_periods, n_places), by feature; empty without.
        kept: The places of every row, of shape (n_rows,), of the features asked for.
        sampled: Which rows are in the sample, ascending, of shape (n_sampled,).
        sample: Their places, of shape (n_sampled, n_features), features in order.
    """

    rows: int
    features: dict[str, NumericProfile | CategoryProfile]
    by_period: dict[str, NDArray[np.int64]]
    kept: dict[str, NDArray[np.uint8]]
    sampled: NDArray[np.int64]
    sample: NDArray[np.uint8]


def tally(
    table: Table,
    profiles: Mapping[str, NumericProfile | CategoryProfile],
    *,
    keep: Sequence[str] = (),
    sample: int = 0,
    periods: NDArray[np.intp] | None = None,
) -> Tally:
    """Count rows.

    Args:
        table: The table.
        profiles: The bins to count in, by feature.
        keep: Features whose places are kept for every row, a byte each.
        sample: Rows to keep the places of; the same ones for the same number of rows.
        periods: Each row's period, numbered from 0, of shape (n_rows,).

    Raises:
        DriftError: A feature is not there, or not of the kind of its profile.
    """
    counting = _Counting(table, profiles, keep, sample, periods)
    with ThreadPoolExecutor(THREADS) as pool:
        for batch in table.batches(list(profiles)):
            counting.add(batch, pool)
    totals = {name: counts.reshape(-1, counting.sizes[name]) for name, counts in counting.counts.items()}
    return Tally(
        rows=table.rows,
        features={name: profiles[name].of_weights(counts.sum(axis=0)) for name, counts in totals.items()},
        by_period={} if periods is None else totals,
        kept={name: np.concatenate(parts) for name, parts in counting.kept.items()},
        sampled=counting.chosen,
        sample=counting.sample,
    )


class _Counting:
    """The counts so far, and where in the table they have got to."""

    def __init__(
        self,
        table: Table,
        profiles: Mapping[str, NumericProfile | CategoryProfile],
        keep: Sequence[str],
        sample: int,
        periods: NDArray[np.intp] | None,
    ) -> None:
        random = np.random.default_rng(0)
        self.chosen = np.sort(random.choice(table.rows, min(sample, table.rows), replace=False))
        self.profiles, self.periods, self.start = profiles, periods, 0
        self.sizes = {name: len(profile.weights()) for name, profile in profiles.items()}
        spans = 1 if periods is None else int(periods.max()) + 1
        self.counts = {name: np.zeros(spans * size, dtype=np.int64) for name, size in self.sizes.items()}
        self.kept: dict[str, list[NDArray[np.uint8]]] = {name: [] for name in keep}
        self.sample = np.zeros((len(self.chosen), len(profiles)), dtype=np.uint8)

    def add(self, batch: pa.RecordBatch, pool: ThreadPoolExecutor) -> None:
        """Count the next rows, columns side by side."""
        rows = slice(self.start, self.start + len(batch))
        in_sample = slice(*np.searchsorted(self.chosen, [rows.start, rows.stop]))

        def count(place: int, name: str) -> None:
            codes = self.profiles[name].codes(batch.column(name), name)
            self.sample[in_sample, place] = codes[self.chosen[in_sample] - rows.start]
            if name in self.kept:
                self.kept[name].append(codes.astype(np.uint8))
            if self.periods is not None:
                codes = codes + self.periods[rows] * self.sizes[name]
            self.counts[name] += np.bincount(codes, minlength=len(self.counts[name]))

        list(pool.map(count, range(len(self.profiles)), self.profiles))
        self.start = rows.stop
