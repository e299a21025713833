"""The page: everything inside it, nothing hidden, nothing executed."""

from __future__ import annotations

import re

import numpy as np

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
