"""The hold-out of windows is by time, never random."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.errors import ConfigError
from trimtab.stages import hold_out_rows, hold_out_windows


def windows(*names: str) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame({"window": [name] * 3}) for name in names}


@pytest.mark.parametrize("newest", [1, 2, 3])
def test_every_window_held_out_is_later_than_every_window_learnt_from(newest):
    shuffled = windows("2013-12", "2014-01", "2013-09", "2013-11", "2013-10")
    earlier, held_out = hold_out_windows(shuffled, newest, where="split")
    assert held_out["window"].nunique() == newest
    assert max(earlier["window"]) < min(held_out["window"])
    assert len(earlier) + len(held_out) == 15


@pytest.mark.parametrize("newest", [0, 2, 3])
def test_hold_out_that_leaves_a_side_without_windows_is_refused(newest):
    with pytest.raises(ConfigError, match=rf"{newest} of 2 window\(s\)[\s\S]*split.newest"):
        hold_out_windows(windows("2013-01", "2013-02"), newest, where="params.yaml: split.newest")


ROWS = pd.DataFrame({"number": range(2000), "text": [f"row {number}" for number in range(2000)]})


def test_rows_held_out_are_about_the_share_and_on_one_side_only():
    train, test = hold_out_rows(ROWS, 0.25)
    assert 0.2 < len(test) / len(ROWS) < 0.3
    assert sorted([*train["number"], *test["number"]]) == list(range(2000))


def test_row_keeps_its_side_when_the_table_grows_and_changes_its_order():
    _, before = hold_out_rows(ROWS.head(1000), 0.25)
    _, after = hold_out_rows(ROWS.sample(frac=1, random_state=0), 0.25)
    assert set(before["number"]) == {number for number in after["number"] if number < 1000}


def test_equal_rows_are_never_on_both_sides():
    train, test = hold_out_rows(pd.concat([ROWS, ROWS]), 0.25)
    assert set(train["number"]).isdisjoint(test["number"])
