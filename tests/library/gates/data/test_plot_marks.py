"""Which bounds and observed values the plot of a failed check marks."""

from __future__ import annotations

import pytest

from trimtab.gate_report import Check
from trimtab.gates.data.evaluation import _bounds, _observed

BETWEEN = {"min_value": 1, "max_value": None, "strict_min": True}


@pytest.mark.parametrize(
    ("check", "bounds", "observed"),
    [
        (Check("expect_column_values_to_be_between", False, expected=BETWEEN, unexpected=3), [1.0], []),
        (Check("expect_column_mean_to_be_between", False, expected=BETWEEN, observed=0.5), [1.0], [0.5]),
        (
            Check("expect_column_max_to_be_between", False, expected=BETWEEN, observed={"a": 2, "b": "nan"}),
            [1.0],
            [2.0],
        ),
        (
            Check("expect_column_unique_value_count_to_be_between", False, expected=BETWEEN, observed=7),
            [],
            [],
        ),
        (Check("expect_column_max_to_be_fresh", False, observed={"age_days": 0.5}), [], []),
    ],
    ids=lambda value: value.name if isinstance(value, Check) else "",
)
def test_only_figures_in_the_unit_of_the_column_are_marked(check, bounds, observed):
    assert (_bounds(check), _observed(check)) == (bounds, observed)
