"""A drift statistic that the project defines: its function, and the check of what it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import DriftError
from trimtab.extension import is_finite_number

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ProjectStatistic:
    """A drift statistic of the project.

    Attributes:
        extension: The function's name, ``module:name``.
        function: The function of the counts of reference and window, each of shape (n_bins,).
        max: The bound of the value.
        level: The lowest significance level that its p-values, adjusted over all features, are compared with.
    """

    extension: str
    function: Callable[[Counts, Counts], Any]
    max: float
    level: float

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.extension.partition(":")[2]

    def value(self, reference: Counts, window: Counts, *, feature: str) -> float:
        """Return the statistic of two samples; the function cannot change the counts.

        Args:
            reference: Rows of the reference per bin, of shape (n_bins,).
            window: Rows of the window per bin, of shape (n_bins,).
            feature: The feature, for the message.

        Raises:
            DriftError: The function raises, or returns no finite number.
        """
        reference.flags.writeable = window.flags.writeable = False
        try:
            value = self.function(reference, window)
        except Exception as err:
            raise DriftError(
                f"The drift statistic '{self.extension}' fails: {err!r}",
                where=_where(feature, reference, window),
                fix="correct the function: a bin may be empty in one sample or in both",
            ) from err
        if not is_finite_number(value):
            raise DriftError(
                f"The drift statistic '{self.extension}' returns no finite number: {value!r}",
                where=_where(feature, reference, window),
                fix="return a float: 0 for equal distributions, larger for more drift",
            )
        return float(value)


def _where(feature: str, reference: Counts, window: Counts) -> str:
    return f"feature {feature}: reference {reference.tolist()}, window {window.tolist()}"
