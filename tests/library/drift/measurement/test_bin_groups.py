"""Groups of neighbouring histogram bins."""

from __future__ import annotations

import numpy as np

from trimtab.drift.measurement.bin_groups import group_counts
from trimtab.drift.profile.column_profile import NumericProfile

EDGES = np.arange(1, 40) / 40


def test_group_counts_have_every_row_of_the_profile():
    reference = NumericProfile.empty(EDGES).count(np.linspace(0, 1, 400))
    window = NumericProfile.empty(EDGES).count(np.array([0.1, 0.1, 0.9, np.nan]))

    counts = group_counts(reference, window)

    assert counts.sum() == 4
    assert len(counts) == len(reference.group_starts())


def test_group_counts_of_a_profile_without_rows_are_zero():
    reference = NumericProfile.empty(EDGES).count(np.linspace(0, 1, 400))

    assert not group_counts(reference, NumericProfile.empty(EDGES)).any()
