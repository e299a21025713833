"""Histograms of a table, counted in one pass."""

import numpy as np
import pandas as pd
import pytest

from trimtab.drift.profile import profiled_table
from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.drift.profile.table_histograms import count_table

PROFILES = {
    "carrier": CategoryProfile(counts={"UA": 0, "B6": 0}, other=0, missing=0),
    "temp": NumericProfile.empty([0.0, 10.0]),
}


@pytest.fixture
def table():
    return ProfiledTable.from_frame(
        pd.DataFrame(
            {"carrier": ["UA", "B6", "XX", None, "UA", "UA"], "temp": [-1.0, 0.0, 5.0, 11.0, np.nan, 10.0]}
        )
    )


def test_rows_are_counted_by_bin(table):
    features = count_table(table, PROFILES).features
    assert features["carrier"].bin_counts() == [3, 1, 1, 1]
    assert features["temp"].bin_counts() == [2, 2, 1, 1]


def test_rows_are_counted_by_period_and_bin(table):
    periods = np.array([0, 0, 0, 1, 1, 1])
    by_period = count_table(table, PROFILES, periods=periods).by_period
    assert by_period["temp"].tolist() == [[2, 1, 0, 0], [0, 1, 1, 1]]
    assert count_table(table, PROFILES).by_period == {}


def test_bin_indices_are_kept_for_all_rows_of_the_named_features(table):
    kept = count_table(table, PROFILES, keep=["carrier"]).bin_indices
    assert {name: indices.tolist() for name, indices in kept.items()} == {"carrier": [0, 1, 2, 3, 0, 0]}


def test_sample_has_the_bin_indices_of_the_sampled_rows(table):
    histograms = count_table(table, PROFILES, keep=["carrier", "temp"], sample=4)
    indices = np.column_stack([histograms.bin_indices[name] for name in PROFILES])
    assert len(set(histograms.sampled_rows)) == 4
    assert histograms.sample.tolist() == indices[histograms.sampled_rows].tolist()


def test_counts_and_sample_do_not_depend_on_the_batch_size(table, monkeypatch):
    whole = count_table(table, PROFILES, sample=4)
    monkeypatch.setattr(profiled_table, "BATCH_ROWS", 2)
    batches = count_table(table, PROFILES, sample=4)
    assert batches.features == whole.features
    assert batches.sample.tolist() == whole.sample.tolist()


def test_smaller_sample_has_rows_of_the_larger_one(table):
    larger = count_table(table, PROFILES, sample=6)
    smaller = larger.with_sample_of(2)
    assert set(smaller.sampled_rows) <= set(larger.sampled_rows)
    assert smaller.sample.tolist() == larger.sample[smaller.sampled_rows].tolist()
    assert larger.with_sample_of(6) is larger
