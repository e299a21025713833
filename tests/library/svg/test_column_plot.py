"""The bars of a column's commonest values."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from trimtab.svg.column_plot import BARS, plot_column

NEW_YEAR = "-01-01T00:00:00"


def bars(column: pd.Series, unexpected: list[int]) -> list[tuple[str, str, str]]:
    """Each bar's value, its colour, and what stands behind it."""
    svg = unescape(plot_column(column, np.array(unexpected, dtype=int)))
    names = re.findall(r'text-anchor="end">([^<]*)<', svg)
    return list(
        zip(names, re.findall(r"var\(--(\w+)\)", svg), re.findall(r'"start">([\d,]+)<', svg), strict=True)
    )


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (["a", "b", "b", None], ["null", "'b'", "'a'"]),
        ([1.5, 2.0, 2.0, None], ["null", "2", "1.5"]),
        ([[1], [2, 3], [2, 3], None], ["null", "[2, 3]", "[1]"]),
        (pd.to_datetime(["2013", "2014", "2014", None]), ["null", f"'2014{NEW_YEAR}'", f"'2013{NEW_YEAR}'"]),
        ([True, False, False, None], ["null", "false", "true"]),
    ],
    ids=["text", "numbers", "lists", "times", "true and false"],
)  # fmt: skip
def test_unexpected_values_come_first_and_nulls_are_named(values, named) -> None:
    found = bars(pd.Series(values), [3])
    assert found == list(zip(named, ["fail", "accent", "accent"], ["1", "2", "1"], strict=True))


def test_values_beyond_the_bars_are_counted() -> None:
    column = pd.Series([f"value {number}" for number in range(BARS + 5)])
    assert "and 5 other values" in plot_column(column, None)
    assert len(bars(column, [])) == BARS


def test_a_column_of_many_numbers_names_only_the_values_it_shows(monkeypatch) -> None:
    named = []
    monkeypatch.setattr(
        "trimtab.svg.column_plot.format_value", lambda value: named.append(value) or str(value)
    )
    plot_column(pd.Series([*np.arange(10_000.0), None]), np.array([10_000]))
    assert len(named) < BARS


def test_histogram_names_the_unexpected_values_also_those_that_it_cuts_off() -> None:
    column = pd.Series([*np.linspace(0, 100, 500), 9999.0, 1e9])
    plot = plot_column(column, np.array([500, 501]))
    assert "unexpected: 9999 to 1e+09" in unescape(plot)
    assert "unexpected" not in plot_column(column, None)


def test_histogram_marks_bounds_and_what_was_observed() -> None:
    column = pd.Series(np.linspace(0, 100, 500))
    plot = plot_column(column, None, bounds=[10.0, 110.0, 1e6], observed=[49.5])
    assert ">bound 10<" in plot
    assert ">bound 110<" in plot, "the axis is widened for it"
    assert "1,000,000" not in plot, "it is so far out that it would hide the values"
    assert ">49.5<" in plot
    assert plot.count("stroke-dasharray") == 2
