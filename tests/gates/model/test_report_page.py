"""The page: everything inside it, nothing hidden, nothing executed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from trimtab.gates.model.model_under_test import load_model_under_test
from trimtab.gates.model.report_page import feature_importance
from trimtab.learning import BINARY, Bootstrap

SLICES = {"type": "slices", "metric": "roc_auc", "by": ["origin"], "min_rows": 50, "min": 0.5}


def test_page_shows_verdict_checks_curves_slices_and_importance(run_gate):
    report = run_gate(
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


def test_page_of_a_model_without_probabilities_has_no_curves(run_gate, lab):
    model = lab.fit(["wind"])
    model[-1].coef_[:] = np.nan

    page = (run_gate(SLICES, model=model).out / "report.html").read_text()

    assert "no probabilities" in page
    assert "<path" not in page


def test_importance_names_the_column_that_matters_first(run_gate):
    page = (run_gate(SLICES).out / "report.html").read_text()
    ranked = re.findall(r"<tr><td>(\w+)</td><td class=\"num\">(-?[\d.]+)</td>", page)

    assert ranked[0][0] == "delay"
    assert {name for name, _ in ranked} == {"delay", "wind", "noise", "origin"}


def test_importance_is_the_auc_that_shuffling_a_feature_costs(run_gate, lab):
    """scikit-learn's permutation importance, against the definition written out with other shuffles."""
    run_gate(SLICES)
    subject = load_model_under_test(
        model=lab.folder / "model.skops",
        test=lab.folder / "test.parquet",
        label="late",
        baseline=None,
        train=None,
        trusted_types=[],
        metrics=BINARY.metrics,
        bootstrap=Bootstrap(resamples=100, confidence=0.95, seed=0),
    )
    rows, labels, random = subject.test.rows, subject.test.labels, np.random.default_rng(7)
    whole = BINARY.figure(BINARY.metrics["roc_auc"], labels, subject.test.scores)
    expected = {}
    for name in subject.model.features:
        shuffled = rows.assign(**{name: rows[name].to_numpy()[random.permutation(len(rows))]})
        expected[name] = whole - BINARY.figure(
            BINARY.metrics["roc_auc"], labels, subject.model.score(shuffled)
        )

    assert feature_importance(subject) == pytest.approx(expected, abs=0.02)
