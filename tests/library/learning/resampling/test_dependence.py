"""The columns by which rows depend on each other, as a table has them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.learning import INDEPENDENT, Dependence

TABLE = pd.DataFrame(
    {
        "account": [f"a{number % 12}" for number in range(36)],
        "day": pd.date_range("2024-01-01", periods=36)[::-1],
        "kind": ["new", "old"] * 18,
        "list": [[1]] * 36,
    }
)


def test_rows_without_a_declared_column_are_independent():
    assert INDEPENDENT.units(TABLE) == ()
    assert INDEPENDENT.columns == ()


def test_units_are_the_groups_and_the_times_in_their_order():
    group, time = Dependence(group="account", time="day").units(TABLE)
    assert (group.column, group.number, group.ordered) == ("account", 12, False)
    assert (group.of_row[:12] == group.of_row[12:24]).all()
    assert (time.column, time.ordered) == ("day", True)
    assert time.of_row.tolist() == [*range(35, -1, -1)], "the earliest comes first"


def test_row_without_a_group_is_a_group_of_its_own():
    table = TABLE.assign(account=TABLE["account"].mask(TABLE.index < 3))
    (group,) = Dependence(group="account").units(table)
    assert group.number == 12 + 3
    assert len(np.unique(group.of_row[:3])) == 3


@pytest.mark.parametrize(
    ("declared", "table", "message"),
    [
        (Dependence(group="acount"), TABLE, "no column 'acount'; did you mean 'account'"),
        (Dependence(group="kind"), TABLE, "'kind' has 2 different values, and an interval needs 10"),
        (Dependence(time="kind"), TABLE, "'kind' has 2 different values"),
        (Dependence(time="day"), TABLE.assign(day=TABLE["day"].mask(TABLE.index < 3)), "null in 3 of 36"),
        (Dependence(time="list"), TABLE, "The values of 'list' have no order"),
        (Dependence(group="account"), TABLE[:0], "'account' has 0 different values"),
    ],
)
def test_column_that_cannot_be_used_is_refused(declared, table, message):
    with pytest.raises(ValueError, match=message):
        declared.units(table)
