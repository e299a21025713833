"""Metrics in texts for people."""

from __future__ import annotations

import pytest

from trimtab.learning import PROBLEM_TYPES
from trimtab.learning.metrics.metric_text import format_cell, format_figure, format_number, metric_title

REGRESSION = PROBLEM_TYPES["regression"].metrics


def test_title_of_a_metric_is_its_usual_name():
    names = ["roc_auc", "mae", "log_loss", "r2", "f0.5", "shop_loss"]
    titles = ["ROC AUC", "MAE", "log loss", "R²", "F0.5", "shop loss"]
    assert [metric_title(name) for name in names] == titles


@pytest.mark.parametrize(
    ("metric", "value", "unit", "text"),
    [
        ("mae", 3.14159, "EUR", "3.142 EUR"),
        ("mae", 1234567.8, "EUR", "1,234,568 EUR"),
        ("mae", 0.00001234, "", "1.234e-05"),
        ("r2", 0.7, "", "0.700"),
    ],
)
def test_figure_is_written_with_its_unit_at_any_scale(metric, value, unit, text):
    assert format_figure(REGRESSION[metric], value, unit) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.500"), (99.9, "99.900"), (12345.6, "12,346")])
def test_cell_has_fixed_decimals_unless_the_figure_is_large(value, text):
    assert format_cell(value, 3) == text


def test_number_has_four_significant_digits():
    assert [format_number(value) for value in (12.3456, -0.5, 1e15)] == ["12.35", "-0.5", "1e+15"]
