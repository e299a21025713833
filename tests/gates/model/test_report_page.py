"""The page: everything inside it, nothing hidden, nothing executed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from trimtab.gate_report.check import Check, Part
from trimtab.svg.forest_plot import LENGTH, Scale, forest

SLICES = {"type": "slices", "metric": "roc_auc", "by": ["origin"], "min_rows": 50, "min": 0.5}


def test_page_shows_verdict_checks_curves_slices_and_importance(judge):
    report = judge(
        {"type": "score", "metric": "roc_auc", "min": 0.99, "notes": "<b>Ask</b> the team."}, SLICES
    )

    page = (report.out / "report.html").read_text()
    for told in (
        '<span class="badge fail">fail</span>',
        "score roc_auc",
        "&lt;b&gt;Ask&lt;/b&gt; the team.",
        'aria-label="ROC"',
        'aria-label="Precision and recall"',
        'aria-label="Calibration"',
        "origin=LGA",
        "Feature importance",
    ):
        assert told in page
    assert not re.search(r"<script|<link|src=|https?://|NaN|nan\b", page)


def test_page_of_a_model_without_probabilities_has_no_curves(judge, lab):
    model = lab.fit(["wind"])
    model[-1].coef_[:] = np.nan

    page = (judge(SLICES, model=model).out / "report.html").read_text()

    assert "no probabilities" in page
    assert "<path" not in page


def test_importance_names_the_column_that_matters_first(judge):
    page = (judge(SLICES).out / "report.html").read_text()
    ranked = re.findall(r"<tr><td>(\w+)</td><td class=\"num\">(-?[\d.]+)</td>", page)

    assert ranked[0][0] == "delay"
    assert {name for name, _ in ranked} == {"delay", "wind", "noise", "origin"}


@pytest.mark.parametrize("values", [[0.5, 0.72], [0.0], [-3.0, 40.0], [0.5, 0.5000001], []])
def test_axis_holds_its_values_between_round_marks(values):
    scale = Scale.over(values)

    assert all(0 <= scale.place(value) <= LENGTH for value in values)
    assert 2 <= len(scale.ticks()) <= 9


def test_long_list_is_cut_and_undefined_figures_are_told():
    parts = tuple(
        Part(f"dest={number}", None if number == 0 else 0.6, None, 10, number > 0) for number in range(40)
    )

    plot = forest(Check("slices roc_auc", False, expected={"min": 0.5}, parts=parts))

    assert (len(plot.lines), plot.hidden) == (30, 10)
    assert (plot.lines[0].told, plot.lines[0].value) == ("undefined", None)
    assert [told for _, told in plot.bounds] == ["0.5"]
