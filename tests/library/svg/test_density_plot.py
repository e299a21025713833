"""The density of rows over two quantities."""

from __future__ import annotations

import re

import numpy as np

from trimtab.svg.density_plot import BINS, plot_density
from trimtab.svg.panel import SIDE

RANDOM = np.random.default_rng(0)


def squares(plot: str) -> np.ndarray:
    """The left and top corner and the opacity of each square, of shape (n_squares, 3)."""
    found = re.findall(r'<rect x="([\d.]+)" y="([-\d.]+)" [^>]*fill-opacity="([\d.]+)"', plot)
    return np.array(found, float)


def test_rows_on_the_diagonal_are_squares_on_the_diagonal():
    x = RANDOM.uniform(0, 10, 5000)
    left, top, _ = squares(plot_density("Predicted against actual", "label", "prediction", x, x)).T
    np.testing.assert_allclose(left + top, SIDE - SIDE / BINS, atol=0.02)


def test_square_is_the_darker_the_more_rows_it_has():
    x, y = np.repeat([1.0, 9.0], [900, 100]), np.repeat([9.0, 1.0], [900, 100])
    (_, upper, most), (_, lower, few) = squares(plot_density("", "", "", x, y))
    assert upper < lower
    assert most == 1
    assert 0.15 < few < most


def test_rows_far_out_are_counted_and_do_not_shrink_the_others():
    x = np.append(RANDOM.uniform(0, 10, 5000), 1e9)
    plot = plot_density("", "", "", x, x)
    assert "1 of 5,001 rows are further out" in plot
    assert len(squares(plot)) > BINS - 5


def test_million_rows_are_no_more_than_the_squares():
    x, y = RANDOM.normal(size=(2, 1_000_000))
    assert len(plot_density("", "", "", x, y)) < 150_000


def test_one_value_for_all_rows_is_drawn():
    plot = plot_density("", "", "", np.full(50, 3.0), np.full(50, 3.0))
    assert len(squares(plot)) == 1
    assert "nan" not in plot


def test_texts_are_escaped():
    plot = plot_density("<b>", "<i>", "<script>", np.arange(9.0), np.arange(9.0))
    assert not re.search("<b>|<i>|<script>", plot)
