"""The slices of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.model.slices import slice_table, slice_values


def test_numbers_are_sliced_at_their_quantiles_and_nulls_are_a_slice(run_gate, lab):
    holes = lab.test.assign(height=lab.test["noise"].mask(np.arange(2000) % 10 == 0))

    (check,) = run_gate(
        {"type": "slices", "metric": "roc_auc", "by": ["height"], "min_rows": 1, "min": 0.5}, test=holes
    ).checks

    assert sorted(part.rows for part in check.parts) == [200] + [360] * 5
    assert "height=null" in {part.name for part in check.parts}


def test_slices_by_two_columns_have_every_pair_that_occurs():
    table = pd.DataFrame({"product": ["B", "A", "A"], "region": ["north", "north", "south"]})
    slices = {part.name: part.chosen.tolist() for part in slice_table(table, ["product", "region"])}
    assert slices == {
        "product=A, region=north": [1],
        "product=A, region=south": [2],
        "product=B, region=north": [0],
    }


def test_slices_choose_rows_by_position_whatever_the_index_is():
    table = pd.DataFrame({"origin": ["JFK", None, "JFK"]}, index=[7, 7, 9])
    slices = {part.name: part.chosen.tolist() for part in slice_table(table, ["origin"])}
    assert slices == {"origin=JFK": [0, 2], "origin=null": [1]}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pd.Series([1.0, 2.5, None]), ["1", "2.5", "null"]),
        (pd.Series([True, False, True]), ["True", "False", "True"]),
        (pd.Series([3, 4, 5]), ["3", "4", "5"]),
    ],
    ids=["float", "boolean", "integer"],
)
def test_slice_value_of_a_column_with_few_values_is_the_value(column, values):
    assert slice_values(column).tolist() == values


def test_every_row_is_in_one_slice():
    table = pd.DataFrame({"delay": [*range(100), *[None] * 5]})
    chosen = [row for part in slice_table(table, ["delay"]) for row in part.chosen]
    assert sorted(chosen) == list(range(105))
