"""The units in which the labelled rows of a window are resampled."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from trimtab.drift.measurement.dependent_rows import with_units
from trimtab.errors import DriftError
from trimtab.learning import INDEPENDENT, Dependence

FILE, ACCOUNT = Path("2024-04.parquet"), Dependence(group="account")
TABLE = pd.DataFrame({"late": [0, 1] * 20, "account": [number // 2 for number in range(40)]})


def test_labels_of_independent_rows_stay_and_have_no_units():
    labels, units = with_units(TABLE["late"], TABLE, INDEPENDENT, FILE)
    assert labels is not None
    assert units == ()


def test_units_are_those_of_the_rows_with_a_label():
    labels, (units,) = with_units(TABLE["late"].mask(TABLE.index < 10), TABLE, ACCOUNT, FILE)
    assert labels is not None
    assert (len(units.of_row), units.number) == (30, 15)


def test_labels_of_too_few_groups_count_as_delayed():
    assert with_units(TABLE["late"].mask(TABLE.index >= 18), TABLE, ACCOUNT, FILE) == (None, ())


def test_window_without_labels_needs_no_groups():
    assert with_units(None, TABLE.drop(columns="account"), ACCOUNT, FILE) == (None, ())


def test_window_without_the_groups_is_refused_with_the_file():
    with pytest.raises(DriftError, match="no column 'account'") as refused:
        with_units(TABLE["late"], TABLE.drop(columns="account"), ACCOUNT, FILE)
    refused.match("2024-04.parquet")
