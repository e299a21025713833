"""The scoring time of a model, and the size of its file."""

from __future__ import annotations

import pytest


def test_inference_time_is_checked_and_printed_but_not_stored(any_lab):
    report = any_lab.run_gate(
        {"type": "inference", "max_seconds": 60}, {"type": "inference", "max_seconds": 1e-9}
    )

    kept = (report.out / "report.json").read_text() + (report.out / "report.html").read_text()
    assert [check.passed for check in report.checks] == [True, False]
    assert "s for 1,000 rows" in report.summary()
    assert "s for 1,000 rows" not in kept


def test_size_check_compares_the_size_of_the_model_file(run_gate, tmp_path):
    small, large = run_gate(
        {"type": "size", "max_megabytes": 1}, {"type": "size", "max_megabytes": 1e-4}
    ).checks

    assert small.passed
    assert small.observed == pytest.approx((tmp_path / "model.skops").stat().st_size / 1e6)
    assert not large.passed
