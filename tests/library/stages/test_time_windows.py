"""Rows are divided into windows by the column of their time."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from trimtab.config import Params, parse_params
from trimtab.errors import ConfigError
from trimtab.stages import Moment, select_window, split_by_window
from trimtab.time_window import FREQUENCIES, Window

TABLE = pd.DataFrame({"at": pd.date_range("2023-12-30 22:30", periods=300, freq="37min")})


@pytest.mark.parametrize("every", FREQUENCIES)
def test_each_row_is_in_the_window_that_has_its_time(every):
    shuffled = TABLE.sample(frac=1, random_state=0)
    windows = {
        Window.parse(name, where="test"): rows
        for name, rows in split_by_window(shuffled, "at", every).items()
    }
    assert list(windows) == sorted(windows)
    assert sum(map(len, windows.values())) == len(TABLE)
    for window, rows in windows.items():
        assert window.frequency == every
        assert rows["at"].between(window.begin, window.end, inclusive="left").all()
        assert rows["at"].is_monotonic_increasing


def test_table_without_rows_is_refused():
    with pytest.raises(ConfigError, match=r"No row is known yet[\s\S]*later `until`"):
        split_by_window(TABLE.head(0), "at", "day")


def test_unknown_rhythm_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError, match=r"every 'months'; did you mean 'month'"):
        split_by_window(TABLE, "at", "months")


@pytest.mark.parametrize("every", FREQUENCIES)
def test_window_to_come_has_the_rows_from_its_begin_to_its_end(every):
    begin = datetime(2024, 1, 1)
    ((name, rows),) = select_window(TABLE, "at", begin, every).items()
    window = Window.parse(name, where="test")
    assert window.begin == begin
    assert rows["at"].between(window.begin, window.end, inclusive="left").all()
    assert len(rows) == TABLE["at"].between(window.begin, window.end, inclusive="left").sum()


def test_window_to_come_after_the_end_of_the_table_has_no_rows():
    ((name, rows),) = select_window(TABLE, "at", datetime(2030, 1, 1), "year").items()
    assert name == "2030"
    assert rows.empty


@pytest.mark.parametrize(
    ("text", "moment"),
    [("2024-04-01", datetime(2024, 4, 1)), ("2024-04-01T07:00", datetime(2024, 4, 1, 7))],
)
def test_moment_of_params_is_a_date_or_a_time(text, moment):
    class Section(Params):
        until: Moment

    assert parse_params(Section, {"until": text}, where="params.yaml").until == moment
    with pytest.raises(ConfigError, match="'until' is 'soon'"):
        parse_params(Section, {"until": "soon"}, where="params.yaml")
