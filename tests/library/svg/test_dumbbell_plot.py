"""Values before and now."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from trimtab.svg.dumbbell_plot import LENGTH, LETTERS, Dumbbell, plot_dumbbells


def plot(*lines: Dumbbell) -> str:
    return plot_dumbbells("Attribution", lines, before="reference", now="2013-06")


def circles(drawn: str) -> list[tuple[float, str]]:
    """Position and colour of the circles of each line, without those of the legend."""
    found = re.findall(r'<circle cx="([-\d.]+)" cy="[-\d.]+" r="[\d.]+" fill="var\(--(\w+)\)', drawn)
    return [(float(x), colour) for x, colour in found][2:]


def test_values_are_placed_on_one_axis_that_holds_0():
    drawn = plot(Dumbbell("hour", 0.1, 0.3, 0.05), Dumbbell("dewp", 0.2, 0.1, 0.05))

    positions = [x for x, _ in circles(drawn)]

    assert positions[0] == positions[3]
    assert positions[1] - positions[0] == pytest.approx(2 * (positions[2] - positions[0]), abs=0.3)
    assert all(0 <= x <= LENGTH for x in positions)
    assert re.search(r'<text x="0.0" y="60.0" text-anchor="middle">0</text>', drawn)


def test_value_beyond_noise_is_in_colour_and_another_is_grey():
    drawn = plot(Dumbbell("hour", 0.1, 0.3, 0.05), Dumbbell("dewp", 0.2, 0.21, 0.05))
    assert [colour for _, colour in circles(drawn)] == ["paper", "accent", "paper", "soft"]


def test_line_tells_its_values_and_names_are_escaped_and_shortened():
    name = "<b>" + "long" * 10
    drawn = plot(Dumbbell(name, 0.1, -0.25, 0.05))

    assert "<b>" not in drawn
    assert f"&lt;b&gt;{'long' * 10}: 0.1, now -0.25, noise 0.05" in drawn
    (label,) = re.findall(r'text-anchor="end">([^<]*)…</text>', drawn)
    assert len(label.replace("&lt;", "<").replace("&gt;", ">")) == LETTERS - 1


@pytest.mark.parametrize("value", [0.0, 1e-7, 123456.0])
def test_values_of_any_size_are_plotted(value):
    drawn = plot(Dumbbell("idle", value, value, 0.0), Dumbbell("size", value, -value, value))
    assert "nan" not in drawn
    assert len(circles(drawn)) == 4


def test_labels_of_ticks_do_not_touch():
    drawn = plot(Dumbbell("size", 0.0, 123456.0, 1.0))
    ticks = re.findall(r'<text x="([-\d.]+)" y="38.0" text-anchor="middle">([^<]+)<', drawn)
    assert all(
        float(right) - float(left) > 3.2 * (len(before) + len(after))
        for (left, before), (right, after) in pairwise(ticks)
    )
