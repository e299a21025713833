"""The frame of a plot of two quantities."""

from __future__ import annotations

from trimtab.svg.panel import CROWDED, SIDE, Axes, panel, ticks_of
from trimtab.svg.primitives import RoundScale


def test_ticks_are_thinned_when_they_are_many():
    few, many = RoundScale(0, 4, 1, SIDE), RoundScale(0, 8, 1, SIDE)
    assert [label for _, label in ticks_of(few)] == ["0", "1", "2", "3", "4"]
    assert [label for _, label in ticks_of(many)] == ["0", "2", "4", "6", "8"]
    assert len(ticks_of(many)) <= CROWDED


def test_vertical_axis_points_up():
    axes = Axes("t", "x", "y", [], RoundScale(0, 10, 2, SIDE))
    assert (axes.height(0), axes.height(10)) == (SIDE, 0)


def test_panel_is_an_image_with_a_description_and_a_note():
    axes = Axes("Error <by> x", "x", "error", [(0.0, "0")], RoundScale(0, 10, 2, SIDE))
    plot = panel(axes, ["<g/>"], label="the error by x", note="3 rows are null")
    assert plot.startswith("<svg ")
    assert 'role="img" aria-label="the error by x"' in plot
    assert "Error &lt;by&gt; x" in plot
    assert ">3 rows are null</text>" in plot
