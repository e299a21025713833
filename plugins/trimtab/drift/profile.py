"""What is kept of one column: counts in bins that the reference laid down.

Counts, not shares: they are exact, small, and can be added up over windows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
MAX_CATEGORIES = 200


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
    def of(cls, values: NDArray[np.float64], edges: ArrayLike) -> Self:
        """Count values, NaN for missing ones, into the bins between the edges."""
        cuts, present = np.asarray(edges, dtype=np.float64), values[~np.isnan(values)]
        counts = np.bincount(np.searchsorted(cuts, present, side="left"), minlength=len(cuts) + 1)
        missing = len(values) - len(present)
        return cls(edges=tuple(cuts.tolist()), counts=tuple(counts.tolist()), missing=missing)

    def like(self, column: pd.Series[Any]) -> Self:
        """Profile other rows in the same bins."""
        return self.of(numbers(column), self.edges)

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

    def like(self, column: pd.Series[Any]) -> Self:
        """Profile other rows by the same categories."""
        found = _category_counts(column)
        counts = {category: found.pop(category, 0) for category in self.counts}
        return type(self)(counts=counts, other=sum(found.values()), missing=int(column.isna().sum()))

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


Profile = Annotated[NumericProfile | CategoryProfile, Field(discriminator="kind")]


def profile_column(column: pd.Series[Any]) -> NumericProfile | CategoryProfile:
    """Profile a reference column: numbers by quantile bins, anything else by category."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_numeric_dtype(column) and not is_bool_dtype(column):
        values = numbers(column)
        return NumericProfile.of(values, quantile_edges(values))
    found = _category_counts(column)
    listed = dict(list(found.items())[:MAX_CATEGORIES])
    other = sum(found.values()) - sum(listed.values())
    return CategoryProfile(counts=listed, other=other, missing=int(column.isna().sum()))


def quantile_edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ascending edges that part the values into ``BINS`` bins of about equal rows.

    A value so frequent that it fills a bin alone (no rain, a constant) is cut off below as well, so that
    smaller values do not hide in its bin.
    """
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return np.empty(0)
    # inverted_cdf takes values that occur: nothing is interpolated, and infinities stay themselves.
    cuts = np.quantile(present, np.arange(1, BINS) / BINS, method="inverted_cdf")
    edges, repeats = np.unique(cuts, return_counts=True)
    frequent = edges[repeats > 1]
    # Below zero by a normal number: the next float is so small that some processes read it as zero.
    below = np.minimum(np.nextafter(frequent, -np.inf), frequent - np.finfo(np.float64).tiny)
    edges = np.union1d(edges, below)
    return np.asarray(edges[np.isfinite(edges)], dtype=np.float64)


def numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column as floats, missing values as NaN.

    Raises:
        DriftError: A value is not a number.
    """
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as err:
        raise DriftError(
            f"'{column.name}' holds values that are not numbers: {err}",
            where=str(column.name),
            fix="give it the type it had when the reference was built",
        ) from err


def _category_counts(column: pd.Series[Any]) -> dict[str, int]:
    counts = column.dropna().astype(str).value_counts().to_dict()
    return {str(name): int(counts[name]) for name in sorted(counts, key=lambda name: (-counts[name], name))}
