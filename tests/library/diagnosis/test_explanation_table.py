"""An explanation on a terminal."""

from __future__ import annotations

import io

from trimtab.diagnosis.data_changes import DataChange
from trimtab.diagnosis.explanation import Explanation
from trimtab.diagnosis.explanation_table import MAX_ROWS, explanation_tables
from trimtab.diagnosis.value_change import ValueChange
from trimtab.terminal import Console

EMPTY = {name: [] for name in ("data", "code", "commits", "params", "environment", "stages", "metrics")}


def shown(**values) -> str:
    fields = {**EMPTY, "verdicts": [], "remarks": [], "failed": (), **values}
    console = Console(file=io.StringIO(), width=120)
    for each in explanation_tables(Explanation(run="new", against="old", **fields)):
        console.print(each)
    return console.file.getvalue()


def test_rows_of_a_window_are_shown_before_and_after():
    text = shown(data=[DataChange("w/2013-06.parquet", "changed", 1000, 1200), DataChange("x", "added")])
    assert "w/2013-06.parquet  changed  1,000 → 1,200" in text
    assert "x                  added    —" in text


def test_equal_runs_say_so():
    assert "no data, code, param or environment differs" in shown()


def test_long_table_is_cut_with_its_rest_counted():
    text = shown(params=[ValueChange(f"p{number}", 1, 2) for number in range(MAX_ROWS + 5)])
    assert "and 5 more: --json has all" in text


def test_control_characters_of_a_value_are_written_out():
    assert "\x1b" not in shown(params=[ValueChange("p", "\x1b[31m", 2)], failed=("a\x1bb",))
