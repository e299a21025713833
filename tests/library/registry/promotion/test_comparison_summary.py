"""What tasks hand on between comparison, approval and promotion."""

from __future__ import annotations

import json

import pytest

from trimtab.registry.promotion.comparison_summary import ComparisonSummary


@pytest.mark.parametrize(
    "summary",
    [
        ComparisonSummary("champion", "m version 2 is the champion already", 2, "000002 ab"),
        ComparisonSummary(
            "better",
            "m version 2 is better",
            None,
            "",
            challenger_figures={"roc_auc": 0.8},
            gain={"gain": 0.02, "low": 0.01, "high": 0.03},
            gains={"log_loss": {"gain": -0.02, "low": -0.05, "high": 0.01}},
            losses=("log_loss",),
            worse=({"name": "origin = EWR", "rows": 12, "gain": -0.1, "low": -0.2, "high": -0.01},),
            costs={"challenger": {"megabytes": 1.5}},
            run_id="run",
            report_sha256="ab",
        ),
    ],
    ids=["defaults", "figures"],
)
def test_comparison_summary_is_equal_after_an_xcom(summary):
    assert ComparisonSummary.from_dict(json.loads(json.dumps(summary.to_dict()))) == summary


def test_comparison_summary_with_an_unknown_key_is_refused():
    with pytest.raises(TypeError, match="colour"):
        ComparisonSummary.from_dict({"verdict": "better", "sentence": "", "colour": "red"})
