"""The layout of forest plots."""

from __future__ import annotations

from trimtab.svg.forest_plot import ForestLine, plot_forest


def test_forest_plot_of_forty_lines_shows_thirty_and_labels_an_undefined_figure():
    lines = [
        ForestLine(f"dest={number}", None if number == 0 else 0.6, None, 10, number > 0)
        for number in range(40)
    ]

    plot = plot_forest("slices roc_auc", lines, [0.5])

    assert (len(plot.lines), plot.hidden) == (30, 10)
    assert (plot.lines[0].label, plot.lines[0].value) == ("undefined", None)
    assert [label for _, label in plot.bounds] == ["0.5"]


def test_large_figures_of_a_forest_plot_are_shown_without_decimals():
    lines = [ForestLine("a", 0.7321, None, 9, True), ForestLine("b", 1234567.8, None, 9, True)]
    assert [line.label for line in plot_forest("t", lines, []).lines] == ["0.732", "1,234,568"]
