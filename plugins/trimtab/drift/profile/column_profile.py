"""The profile of one column: a histogram over the bins of the reference.

A profile holds counts, not shares: counts are exact and can be summed over batches and windows. Columns are
Arrow arrays, so that a file is profiled batch by batch and nulls need no placeholder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt, model_validator

from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pyarrow as pa

FINE_BINS, COARSE_BINS = 40, 10

BinIndices = NDArray[np.intp]


class _Profile(BaseModel, ABC):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @abstractmethod
    def bin_counts(self) -> list[int]: ...

    @abstractmethod
    def group_starts(self) -> list[int]: ...

    @property
    @abstractmethod
    def ordered_groups(self) -> int:
        """The number of the first groups of :meth:`error_group_of_bin` that are in order."""

    def error_group_of_bin(self) -> BinIndices:
        """Return the number of the group that each bin is in for an error model, of shape (n_bins,)."""
        sizes = np.diff([*self._error_group_starts(), len(self.bin_counts())])
        return np.repeat(np.arange(len(sizes)), sizes)

    def _error_group_starts(self) -> list[int]:
        return self.group_starts()


class NumericProfile(_Profile):
    """The profile of a numeric column.

    Attributes:
        edges: Ascending; bin ``i`` holds ``edges[i-1] < value <= edges[i]``, the outer bins are open.
        counts: Rows per bin, one more than edges.
        missing: Rows without a value.
    """

    kind: Literal["numeric"] = "numeric"
    edges: tuple[float, ...]
    counts: tuple[NonNegativeInt, ...]
    missing: NonNegativeInt

    @model_validator(mode="after")
    def _counts_fit_edges(self) -> Self:
        if len(self.counts) != len(self.edges) + 1 or np.any(np.diff(self.edges) <= 0):
            raise ValueError("the edges do not ascend, or their number does not fit the counts")
        return self

    @classmethod
    def empty(cls, edges: ArrayLike) -> Self:
        """Return a profile of no rows with these bins."""
        cuts = np.asarray(edges, dtype=np.float64)
        return cls(edges=tuple(cuts.tolist()), counts=(0,) * (len(cuts) + 1), missing=0)

    def bin_indices(self, column: pa.Array, name: str) -> BinIndices:
        """Return each row's index into :meth:`bin_counts`.

        Args:
            column: The rows.
            name: The column's name, for messages.

        Raises:
            DriftError: The column is not numeric.
        """
        return self.bin_indices_of_floats(to_floats(column, name))

    def bin_indices_of_floats(self, values: NDArray[np.float64]) -> BinIndices:
        """Return each value's index into :meth:`bin_counts`; NaN is a missing value."""
        found = np.searchsorted(np.asarray(self.edges), values, side="left")
        found[np.isnan(values)] = len(self.counts)
        return found

    def count(self, values: NDArray[np.float64]) -> Self:
        """Return the profile of these values in the same bins."""
        indices = self.bin_indices_of_floats(values)
        return self.with_bin_counts(np.bincount(indices, minlength=len(self.counts) + 1))

    def with_bin_counts(self, bin_counts: ArrayLike) -> Self:
        """Return a profile with the same bins and other counts, in the order of :meth:`bin_counts`."""
        *counts, missing = (int(count) for count in np.asarray(bin_counts))
        return self.model_copy(update={"counts": tuple(counts), "missing": missing})

    @property
    def unlisted(self) -> int:
        """Rows outside all bins: always 0, as the outer bins are open."""
        return 0

    @property
    def rows(self) -> int:
        """Profiled rows, including those without a value."""
        return sum(self.counts) + self.missing

    def bin_counts(self) -> list[int]:
        """Return the rows per bin. Missing values are a bin, so a column that becomes null is a shift."""
        return [*self.counts, self.missing]

    def group_starts(self) -> list[int]:
        """Return the index into :meth:`bin_counts` where each group of neighbouring bins starts.

        A group holds about a tenth of the reference's values, as PSI is commonly measured. A bin that holds
        a tenth alone is a group. The last group is that of the missing values.
        """
        smallest = 0.9 * sum(self.counts) / COARSE_BINS
        starts, rows = [0], 0
        for index, count in enumerate(self.counts):
            if index and max(rows, count) >= smallest:
                starts.append(index)
                rows = 0
            rows += count
        return [*starts, len(self.counts)]

    @property
    def ordered_groups(self) -> int:
        """All but the last, that of the missing values."""
        return len(self._error_group_starts()) - 1

    def _error_group_starts(self) -> list[int]:
        """Return the starts of the groups. The outer bins are groups of their own: windows shift there."""
        starts = self.group_starts()
        return sorted({*range(starts[1]), *starts, *range(starts[-2], starts[-1])})


class CategoryProfile(_Profile):
    """The profile of a categorical column.

    Attributes:
        counts: Rows per category, the largest first.
        other: Rows of all categories that ``counts`` does not list.
        missing: Rows without a value.
    """

    kind: Literal["category"] = "category"
    counts: dict[str, NonNegativeInt]
    other: NonNegativeInt
    missing: NonNegativeInt

    def bin_indices(self, column: pa.Array, name: str) -> BinIndices:
        """Return each row's index into :meth:`bin_counts`.

        Args:
            column: The rows.
            name: The column's name, for messages.
        """
        import pyarrow as pa

        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        categories = encoded.dictionary.cast(pa.string()).to_pylist()
        listed = {category: index for index, category in enumerate(self.counts)}
        other, missing = len(listed), len(listed) + 1
        # The last entry is the one that the index of a null is replaced with.
        bins = [missing if name is None else listed.get(name, other) for name in categories] + [missing]
        indices = encoded.indices.fill_null(len(categories)).to_numpy(zero_copy_only=False)
        found: BinIndices = np.asarray(bins, dtype=np.intp)[indices]
        return found

    def with_bin_counts(self, bin_counts: ArrayLike) -> Self:
        """Return a profile with the same categories and other counts, in the order of :meth:`bin_counts`."""
        *counts, other, missing = (int(count) for count in np.asarray(bin_counts))
        listed = dict(zip(self.counts, counts, strict=True))
        return self.model_copy(update={"counts": listed, "other": other, "missing": missing})

    @property
    def unlisted(self) -> int:
        """Rows in categories that the reference does not list."""
        return self.other

    @property
    def rows(self) -> int:
        """Profiled rows, including those without a value."""
        return sum(self.counts.values()) + self.other + self.missing

    def bin_counts(self) -> list[int]:
        """Return the rows per category. Other categories are one bin, and missing values are one bin."""
        return [*self.counts.values(), self.other, self.missing]

    def group_starts(self) -> list[int]:
        """Return every index into :meth:`bin_counts`: categories have no neighbours to be grouped with."""
        return list(range(len(self.counts) + 2))

    @property
    def ordered_groups(self) -> int:
        """None: categories are in no order."""
        return 0


ColumnProfile = NumericProfile | CategoryProfile


def to_floats(column: pa.Array, name: str) -> NDArray[np.float64]:
    """Return a column as floats, of shape (n_rows,), missing values as NaN.

    Args:
        column: The rows.
        name: The column's name, for messages.

    Raises:
        DriftError: The column is not numeric.
    """
    import pyarrow as pa

    if not (is_numeric(column.type) or pa.types.is_null(column.type)):
        raise DriftError(
            f"The column '{name}' is not numeric: its type is {column.type}",
            where=name,
            fix="give the column the type it had when the reference profile was built",
        )
    return np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def is_numeric(kind: pa.DataType) -> bool:
    """Return whether an Arrow type is numeric. Booleans are categories."""
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
