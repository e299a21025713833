"""Medians and ranges over groups of rows."""

from __future__ import annotations

import re

import pytest

from trimtab.svg.band_plot import Band, BandPlot, plot_bands
from trimtab.svg.panel import SIDE

NUMBERS = tuple(Band(place, -1.0, 0.5, 4.0) for place in (0.0, 10.0, 20.0))
NAMES = tuple(Band(name, -1.0, 0.5, 4.0) for name in ("EWR", "a <long> name of a category"))


def circles(plot: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', plot)]


def test_medians_are_placed_by_number_or_side_by_side_for_names():
    numbers, names = plot_bands("error", [BandPlot("by x", "x", NUMBERS), BandPlot("by y", "y", NAMES)])

    assert [x for x, _ in circles(numbers)] == [0.0, SIDE / 2, SIDE]
    assert [x for x, _ in circles(names)] == [SIDE / 4, 3 * SIDE / 4]
    assert "Z" in numbers
    assert 'stroke-width="8"' in names


def test_plots_share_the_vertical_axis_which_holds_0():
    higher = tuple(Band(place, 90.0, 95.0, 100.0) for place in (0.0, 1.0))
    low, high = plot_bands("error", [BandPlot("", "x", NUMBERS), BandPlot("", "x", higher)])

    ticks = [re.findall(r'text-anchor="end">([^<]+)<', plot) for plot in (low, high)]
    assert ticks[0] == ticks[1]
    assert {"0", "100"} <= {*ticks[0]}
    assert circles(low)[0][1] > circles(high)[0][1]


def test_each_median_has_its_figures_as_a_title_and_names_are_escaped():
    (plot,) = plot_bands("error", [BandPlot("t", "x", NAMES, note="3 rows are null")])

    assert "<title>EWR: median 0.5, most rows -1 to 4</title>" in plot
    assert "a &lt;long&gt; name of a category: median" in plot
    assert ">a &lt;long&gt; n…</text>" in plot
    assert "<long>" not in plot
    assert "3 rows are null" in plot


@pytest.mark.parametrize("band", [Band(5.0, 0.0, 0.0, 0.0), Band("a", 0.0, 0.0, 0.0)])
def test_one_group_without_error_is_drawn(band):
    (plot,) = plot_bands("error", [BandPlot("t", "x", (band,))])
    assert len(circles(plot)) == 1
    assert "nan" not in plot
