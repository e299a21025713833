"""The page: everything inside it, nothing hidden, nothing executed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.library.gates.model.conftest import Lab
from trimtab.gates.model.model_under_test import load_model_under_test
from trimtab.gates.model.report_page import decimals, feature_importance
from trimtab.learning import BINARY, PROBLEM_TYPES, Bootstrap

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
    ranked = re.findall(r"<tr><th scope=\"row\">(\w+)</th><td class=\"num\">(-?[\d.]+)</td>", page)

    assert ranked[0][0] == "delay"
    assert {name for name, _ in ranked} == {"delay", "wind", "noise", "origin"}


def test_importance_is_the_auc_that_shuffling_a_feature_costs(run_gate, lab):
    """scikit-learn's permutation importance, against the definition written out with other shuffles."""
    run_gate(SLICES)
    subject = load_model_under_test(
        problem_type=BINARY,
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
            BINARY.metrics["roc_auc"], labels, subject.model.predict(shuffled)
        )

    assert feature_importance(subject) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            "multiclass",
            (
                "Problem type: multiclass.",
                "</code> has 3 classes in 2,000 rows: most often punctual (",
                "Confusion matrix of 3 classes",
                "early predicted as punctual:",
                "Each class against all others",
                'aria-label="punctual: ',
                "log_loss worse by",
            ),
        ),
        (
            "regression",
            (
                "Problem type: regression.",
                "Its unit: minutes.",
                'aria-label="Predicted against actual: the density of 2,000 rows',
                ">prediction, minutes</text>",
                ">error, minutes</text>",
                "Error by delay",
                "Error by wind",
                "mae worse by",
                "is when the feature is shuffled, in minutes, on 2,000 rows",
            ),
        ),
        (
            "quantile",
            (
                "Problem type: quantile.",
                "Coverage by width",
                "share of labels up to it",
                "The median of the model on the test table",
                ">error, minutes</text>",
                "mean_pinball_loss worse by",
                "is when the feature is shuffled, in minutes, on 2,000 rows",
            ),
        ),
    ],
)
def test_page_of_a_problem_type_shows_its_plots_its_metric_and_the_unit(problem, told, tmp_path):
    lab = Lab.of(problem, tmp_path)
    slices = {**SLICES, "metric": PROBLEM_TYPES[problem].default_metric, "min": 0}
    unit = {"label_unit": "minutes"} if lab.label == "minutes" else {}

    page = (lab.run_gate(slices, **unit).out / "report.html").read_text()

    assert [text for text in told if text not in page] == []
    assert "origin=LGA" in page
    assert not re.search(r"<script|<link|src=|https?://|NaN|nan\b", page)


def test_page_of_a_regression_without_valid_predictions_has_no_plots(regression):
    model = regression.fit(["wind"])
    model[-1].coef_[:] = np.nan

    page = (regression.run_gate({"type": "stability"}, model=model).out / "report.html").read_text()

    assert "2,000 of 2,000 predictions are not finite" in page
    assert "<svg" not in page


def test_importance_of_a_regression_is_the_error_that_shuffling_a_feature_adds(regression):
    page = (regression.run_gate({"type": "stability"}).out / "report.html").read_text()
    lost = dict(re.findall(r"<tr><th scope=\"row\">(\w+)</th><td class=\"num\">(-?[\d.]+)</td>", page))

    model, rows = regression.fit(["delay", "wind", "noise"], ["origin"]), regression.test
    random = np.random.default_rng(7)
    shuffled = rows.assign(delay=rows["delay"].to_numpy()[random.permutation(len(rows))])
    error, more = (np.abs(model.predict(table) - rows["minutes"]).mean() for table in (rows, shuffled))
    assert next(iter(lost)) == "delay"
    assert float(lost["delay"]) == pytest.approx(more - error, rel=0.1)
    assert abs(float(lost["noise"])) < 0.05


@pytest.mark.parametrize(
    ("importance", "digits"),
    [
        ({}, 4),
        ({"a": 0.0}, 4),
        ({"a": 0.31, "b": -0.002}, 4),
        ({"a": 12.5}, 2),
        ({"a": 4e-6}, 9),
        ({"a": 3e5}, 0),
    ],
)
def test_importance_is_shown_with_as_many_decimals_as_tell_features_apart(importance, digits):
    assert decimals(importance) == digits
