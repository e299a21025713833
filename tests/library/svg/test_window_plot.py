"""Plots of a metric over windows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from trimtab.svg.window_plot import PlottedWindow, plot_windows


def window(name: str, champion: str = "1", **changes) -> PlottedWindow:
    return PlottedWindow(name, champion, **{"figure": 0.7, "estimate": 0.72, **changes})


def test_no_line_joins_the_windows_of_two_champions():
    plot = plot_windows([window("a"), window("b"), window("c", "2"), window("d", "2")], title="ROC AUC")
    lines = re.findall(r'<path d="M([\d.]+) \S+ L([\d.]+) ', plot)
    assert len(lines) == 4, "two champions, true and estimated"
    boundary = float(re.findall(r'<line x1="([\d.]+)" y1="-18"', plot)[0])
    assert [(float(left) > boundary) == (float(right) > boundary) for left, right in lines] == [True] * 4
    assert [f"version {champion}" in plot for champion in (1, 2)] == [True, True]
    alone = plot_windows([window("a"), window("b", "2")], title="ROC AUC")
    assert "<path" not in alone


def test_window_without_figures_leaves_a_gap_and_a_single_one_is_drawn():
    plot = plot_windows([window("a", figure=None, estimate=None)], title="ROC AUC")
    assert plot.count("<circle") == 1, "the legend"


def test_hostile_names_are_escaped_and_the_plot_is_xml():
    plot = plot_windows(
        [window("<b>&", "</text>", interval=(0.6, 0.8), bound=0.65, marks=("<i>",))], title='"><script>'
    )
    ElementTree.fromstring(plot)
    assert "<script>" not in plot
    assert "<i>" not in plot


def test_interval_and_bound_are_in_the_range_of_the_axis():
    plot = plot_windows([window("a", interval=(0.2, 0.9), bound=0.1)], title="ROC AUC")
    heights = [float(y) for y in re.findall(r'y[12]="(-?[\d.]+)"', plot)]
    assert max(heights) <= 200
