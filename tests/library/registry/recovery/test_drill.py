"""The record of a drill."""

from __future__ import annotations

import pytest

from trimtab.registry.recovery.drill import Drill, duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_duration_has_the_largest_unit_of_which_there_are_two(seconds, text):
    assert duration_text(seconds) == text


def test_sentence_of_a_failed_drill_is_its_first_problem():
    drill = Drill(model="m", started="2026-01-01", verdict="failed", problems=("a", "b"))

    assert drill.sentence == "The drill failed: a"
    assert drill.to_dict()["schema"] == "trimtab.drill/1"
