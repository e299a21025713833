"""What is kept of one column: counts in bins that the reference laid down.

Counts, not shares: they are exact, small, and can be added up over batches and over windows. Columns come as
Arrow arrays, so that a file is profiled batch by batch as it is read, and nulls need no stand-in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pyarrow as pa

FINE_BINS, COARSE_BINS = 40, 10
MAX_CATEGORIES = 200

Codes = NDArray[np.intp]


class _Profile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class NumericProfile(_Profile):
    """A column of numbers.

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
    def _bins_fit(self) -> Self:
        if len(self.counts) != len(self.edges) + 1 or np.any(np.diff(self.edges) <= 0):
            raise ValueError("the edges do not ascend, or their number does not fit the counts")
        return self

    @classmethod
    def empty(cls, edges: ArrayLike) -> Self:
        """Return a profile of no rows with these bins."""
        cuts = np.asarray(edges, dtype=np.float64)
        return cls(edges=tuple(cuts.tolist()), counts=(0,) * (len(cuts) + 1), missing=0)

    def codes(self, column: pa.Array, name: str) -> Codes:
        """Return each row's place in :meth:`weights`."""
        return self.places(numbers(column, name))

    def places(self, values: NDArray[np.float64]) -> Codes:
        """As :meth:`codes`, of floats, missing ones as NaN."""
        found = np.searchsorted(np.asarray(self.edges), values, side="left")
        found[np.isnan(values)] = len(self.counts)
        return found

    def counted(self, values: NDArray[np.float64]) -> Self:
        """Return the profile of floats in the same bins."""
        return self.of_weights(np.bincount(self.places(values), minlength=len(self.counts) + 1))

    def of_weights(self, weights: ArrayLike) -> Self:
        """Return the profile, in the same bins, of other rows."""
        *counts, missing = (int(count) for count in np.asarray(weights))
        return self.model_copy(update={"counts": tuple(counts), "missing": missing})

    @property
    def unlisted(self) -> int:
        """Rows outside every bin: none, as the outer bins are open."""
        return 0

    @property
    def rows(self) -> int:
        """Rows profiled, those without a value too."""
        return sum(self.counts) + self.missing

    def weights(self) -> list[int]:
        """Rows per bin; missing is a bin of its own, so that a column going null is a shift."""
        return [*self.counts, self.missing]

    def groups(self) -> list[int]:
        """Return the first place in :meth:`weights` of each group of neighbouring bins.

        A group holds about a tenth of the reference's values, as PSI is commonly measured; a bin that holds
        a tenth by itself is a group, and what is left of it does not hide in it. Missing is the last group.
        """
        least = 0.9 * sum(self.counts) / COARSE_BINS
        starts, held = [0], 0
        for place, count in enumerate(self.counts):
            if place and max(held, count) >= least:
                starts.append(place)
                held = 0
            held += count
        return [*starts, len(self.counts)]


class CategoryProfile(_Profile):
    """A column of categories.

    Attributes:
        counts: Rows per category, the largest first.
        other: Rows of every category that ``counts`` does not list.
        missing: Rows without a value.
    """

    kind: Literal["category"] = "category"
    counts: dict[str, NonNegativeInt]
    other: NonNegativeInt
    missing: NonNegativeInt

    def codes(self, column: pa.Array, name: str) -> Codes:
        """Return each row's place in :meth:`weights`."""
        import pyarrow as pa

        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        names = encoded.dictionary.cast(pa.string()).to_pylist()
        places = {category: place for place, category in enumerate(self.counts)}
        other, missing = len(places), len(places) + 1
        # The last entry is where a null's index is sent.
        found = [missing if name is None else places.get(name, other) for name in names] + [missing]
        indices = encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        places_of_rows: Codes = np.asarray(found, dtype=np.intp)[indices]
        return places_of_rows

    def of_weights(self, weights: ArrayLike) -> Self:
        """Return the profile, by the same categories, of other rows."""
        *counts, other, missing = (int(count) for count in np.asarray(weights))
        listed = dict(zip(self.counts, counts, strict=True))
        return self.model_copy(update={"counts": listed, "other": other, "missing": missing})

    @property
    def unlisted(self) -> int:
        """Rows in categories the reference does not list."""
        return self.other

    @property
    def rows(self) -> int:
        """Rows profiled, those without a value too."""
        return sum(self.counts.values()) + self.other + self.missing

    def weights(self) -> list[int]:
        """Rows per category; the others together, and missing, are bins of their own."""
        return [*self.counts.values(), self.other, self.missing]

    def groups(self) -> list[int]:
        """Return every place: categories have no neighbours to be grouped with."""
        return list(range(len(self.counts) + 2))


Profile = Annotated[NumericProfile | CategoryProfile, Field(discriminator="kind")]


def lay_out(name: str, column: pa.Array) -> NumericProfile | CategoryProfile:
    """Return an empty profile that fits a column: quantile bins for numbers, else the largest categories.

    Args:
        name: The column's name, for messages.
        column: Some of its rows; what is rarer than they show counts as other.

    Raises:
        DriftError: The column holds neither numbers nor categories.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if _is_number(column.type):
        return NumericProfile.empty(quantile_edges(numbers(column, name)))
    encoded = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    try:
        found = pc.value_counts(encoded.drop_null().cast(pa.string())).to_pylist()
    except pa.ArrowNotImplementedError as err:
        raise DriftError(
            f"'{name}' holds neither numbers nor categories, but {column.type}",
            where=name,
            fix="leave the column out",
        ) from err
    ranked = sorted(found, key=lambda entry: (-entry["counts"], entry["values"]))
    return CategoryProfile(
        counts={entry["values"]: 0 for entry in ranked[:MAX_CATEGORIES]}, other=0, missing=0
    )


def quantile_edges(values: NDArray[np.float64], bins: int = FINE_BINS) -> NDArray[np.float64]:
    """Return ascending edges that part the values into bins of about equal rows.

    A value so frequent that it fills a bin alone (no rain, a constant) is cut off below as well, so that
    smaller values do not hide in its bin.
    """
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return np.empty(0)
    # inverted_cdf takes values that occur: nothing is interpolated, and infinities stay themselves.
    cuts = np.quantile(present, np.arange(1, bins) / bins, method="inverted_cdf")
    edges, repeats = np.unique(cuts, return_counts=True)
    frequent = edges[repeats > 1]
    # Below zero by a normal number: the next float is so small that some processes read it as zero.
    with np.errstate(over="ignore"):  # below the smallest float is -inf, which is no edge
        below = np.minimum(np.nextafter(frequent, -np.inf), frequent - np.finfo(np.float64).tiny)
    edges = np.union1d(edges, below)
    return np.asarray(edges[np.isfinite(edges)], dtype=np.float64)


def numbers(column: pa.Array, name: str) -> NDArray[np.float64]:
    """Return a column as floats, missing values as NaN.

    Raises:
        DriftError: It does not hold numbers.
    """
    import pyarrow as pa

    if not (_is_number(column.type) or pa.types.is_null(column.type)):
        raise DriftError(
            f"'{name}' holds values that are not numbers, but {column.type}",
            where=name,
            fix="give it the type it had when the reference was built",
        )
    return np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
