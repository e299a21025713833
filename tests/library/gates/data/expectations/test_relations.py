"""Expectations on relations of columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError

ROWS = 60
TABLE = pd.DataFrame(
    {
        "day": np.tile(np.arange(ROWS // 2), 2),
        "station": np.repeat(["a", "b"], ROWS // 2),
        "warm": np.concatenate([np.arange(ROWS // 2), 100 + np.arange(ROWS // 2)]).astype(float),
        "constant": 1.0,
    }
).assign(half=lambda table: table["warm"] / 2)


@pytest.mark.parametrize(("bounds", "passed"), [({"min_value": 0.9}, True), ({"max_value": 0.5}, False)])
def test_association_of_two_columns_is_compared_with_its_bounds(gate, bounds, passed):
    report = gate(
        TABLE, expect("column_pair_association_to_be_between", column_A="warm", column_B="half", **bounds)
    )
    assert report.checks[0].passed is passed
    assert report.checks[0].observed == 1.0


def test_association_of_a_constant_fails_whatever_the_bounds_are(gate):
    report = gate(
        TABLE, expect("column_pair_association_to_be_between", column_A="warm", column_B="constant")
    )
    assert (report.checks[0].passed, report.checks[0].observed) == (False, None)


def test_bound_of_an_association_beyond_1_is_refused(gate):
    with pytest.raises(ConfigError, match="min_value"):
        gate(
            TABLE,
            expect("column_pair_association_to_be_between", column_A="warm", column_B="half", min_value=2),
        )


def test_steps_along_time_are_small_until_the_rows_are_shuffled(gate):
    small = expect(
        "column_steps_to_be_small", column_list=["station", "day", "warm"], group="station", max_value=0.1
    )
    shuffled = TABLE.assign(warm=TABLE["warm"].sample(frac=1, random_state=0).to_numpy())
    assert gate(TABLE, small).checks[0].passed
    assert not gate(shuffled, small).checks[0].passed


@pytest.mark.parametrize("group", ["warm", "elsewhere"])
def test_group_of_steps_that_is_no_column_of_the_order_is_refused(gate, group):
    entry = expect("column_steps_to_be_small", column_list=["day", "warm"], group=group, max_value=0.1)
    with pytest.raises(ConfigError, match="group must be one of column_list, and not the last"):
        gate(TABLE, entry)
