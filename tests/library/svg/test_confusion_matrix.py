"""Actual and predicted classes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from trimtab.svg.confusion_matrix import DARKEST, MOST, plot_confusion_matrix

COUNTS = np.array([[90, 10, 0], [25, 75, 0], [0, 0, 0]])


def cells(plot: str) -> list[tuple[str, float, str]]:
    """The title of each cell, its opacity and its figure, row by row."""
    found = re.findall(r'<title>([^<]+)</title>.*?fill-opacity="([\d.]+)".*?>([^<>]+)</text></g>', plot)
    return [(title, float(opacity), figure) for title, opacity, figure in found]


def test_cell_has_the_share_of_the_actual_class_as_colour_and_its_rows_as_figure():
    found = cells(plot_confusion_matrix(COUNTS, ["a", "b", "c"]))

    assert [opacity / DARKEST for _, opacity, _ in found] == pytest.approx(
        [0.9, 0.1, 0, 0.25, 0.75, 0, 0, 0, 0], abs=0.001
    )
    assert [figure for *_, figure in found] == ["90", "10", "0", "25", "75", "0", "0", "0", "0"]
    assert found[1][0] == "a predicted as b: 10 of 100 rows, 10.0%"
    assert found[8][0] == "c predicted as c: 0 of 0 rows, 0.0%"


def test_rare_classes_of_many_are_one_row_and_one_column():
    counts = np.diag(np.arange(40, 0, -1))
    counts[39, 0] = 7

    found = cells(plot_confusion_matrix(counts, [f"class {place}" for place in range(40)]))

    assert len(found) == MOST**2
    assert found[-MOST][0].startswith("all others predicted as class 0: 7 of")
    assert sum(int(figure.replace(",", "")) for *_, figure in found) == counts.sum()


def test_long_and_hostile_names_are_cut_and_escaped():
    plot = plot_confusion_matrix(COUNTS, ["<script>alert(1)</script>", "b" * 300, ""])
    assert "<script>" not in plot
    assert "b" * 19 + "…" in plot
