"""The figures of a window in its drift report, which anybody may have written who may write runs."""

from __future__ import annotations

import json

import pytest

from trimtab.control_room.windows import parse_figures


def report(*, change=-0.054, drop=0.054, window=0.708, **changes) -> str:
    value = {"reference": 0.762, "window": window, "error": 0.01, "change": change}
    estimate = {"reference": 0.762, "window": 0.764, "error": 0.02, "change": 0.002}
    content = {
        "rows": {"reference": 100, "window": 300},
        "rules": [
            {"name": "max_metric_drop", "value": drop, "bound": 0.035, "fired": True},
            {"name": "max_estimated_metric_drop", "value": -0.002, "bound": 0.05},
        ],
        "predictions": {"metric": "roc_auc", "performance": {"roc_auc": value}, "estimate": estimate},
        **changes,
    }
    return json.dumps(content)


def test_interval_and_bound_are_read_from_the_report():
    figures = parse_figures(report())
    assert (figures.rows, figures.figure, figures.estimate) == (300, 0.708, 0.764)
    assert figures.interval == pytest.approx((0.6884, 0.7276))
    assert figures.bound == pytest.approx(0.727)


def test_bound_of_a_loss_is_above_its_reference():
    assert parse_figures(report(change=0.054, window=0.816)).bound == pytest.approx(0.797)


def test_bound_of_a_window_without_labels_has_the_direction_of_the_estimate():
    figures = parse_figures(report(change=None, drop=None, window=None))
    assert (figures.figure, figures.interval) == (None, None)
    assert figures.bound == pytest.approx(0.727)


@pytest.mark.parametrize("rules", [[], [{"name": "max_metric_drop"}]], ids=str)
def test_bound_is_unknown_where_the_report_has_no_such_rule(rules):
    assert parse_figures(report(rules=rules)).bound is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"rules": 3}', '{"predictions": {"metric": []}}', "\ud800x"]
)
def test_report_that_cannot_be_read_is_a_problem_and_no_exception(text):
    assert "cannot be read" in parse_figures(text.encode(errors="surrogatepass")).problem


def test_report_of_a_table_without_a_model_has_rows_only():
    assert parse_figures('{"rows": {"window": 7}, "predictions": null}').model_dump(
        exclude_defaults=True
    ) == {"rows": 7}
