"""The table of the cost of a comparison."""

from __future__ import annotations

from benchmarks.comparison_cost import lines
from trimtab.learning import PROBLEM_TYPES


def test_cost_of_each_problem_type_is_relative_to_that_of_binary():
    rows = [line.strip("| ").split(" | ") for line in lines(rows=200, resamples=20, rounds=1)]

    assert [row[1] for row in rows] == list(PROBLEM_TYPES)
    assert rows[0][4] == "1.00"
