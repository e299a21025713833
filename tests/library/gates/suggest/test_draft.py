"""A drafted expectation, and the rounding of its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from ruamel.yaml import YAML

from trimtab.gates.suggest.draft import Draft, bounds, ceiling, floor, mostly


def test_lines_of_a_draft_are_yaml_with_its_evidence_as_a_comment():
    draft = Draft(
        "expect_x", {"column": "naïve: 'a'", "max_value": np.float64(1.5)}, "seen so", each_file=True
    )
    lines = draft.lines()
    assert lines[0] == "  # seen so"
    (entry,) = YAML(typ="safe").load("\n".join(lines))
    assert entry == {
        "type": "expect_x",
        "kwargs": {"column": "naïve: 'a'", "max_value": 1.5},
        "each_file": True,
        "severity": "critical",
    }


def test_each_file_is_left_out_where_the_expectation_is_on_all_files():
    assert not [line for line in Draft("expect_x", {}, "seen").lines() if "each_file" in line]


@pytest.mark.parametrize(
    ("low", "high", "digits", "rounded"),
    [(-1.25, 1.25, 1, (-1.3, 1.3)), (1.5, 2.5, 0, (1, 3)), (3, 3, 0, (3, 3))],
)
def test_bounds_are_rounded_outwards(low, high, digits, rounded):
    assert bounds(low, high, digits) == {"min_value": rounded[0], "max_value": rounded[1]}


def test_number_rounded_to_no_digits_is_an_integer():
    assert (floor(1.9, 0), ceiling(1.1, 0)) == (1, 2)
    assert type(floor(1.9, 0)) is int


@pytest.mark.parametrize(
    ("share", "argument"), [(1.0, {}), (1.5, {}), (0.98765, {"mostly": 0.9876}), (-0.5, {"mostly": 0.0})]
)
def test_mostly_is_rounded_down_and_left_out_for_all_rows(share, argument):
    assert mostly(share) == argument
