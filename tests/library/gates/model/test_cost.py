"""The scoring time of a model, and the size of its file."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError


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


def test_inference_check_without_a_bound_on_the_table_starts_no_process(run_gate, monkeypatch):
    monkeypatch.setattr("trimtab.gates.model.scoring_job.sys.executable", "/nowhere")  # it could not start

    assert run_gate({"type": "inference", "max_seconds": 60}).verdict == "pass"


def test_cost_of_the_table_and_of_ten_times_its_rows_is_checked_and_printed_but_not_stored(run_gate):
    bounds = dict.fromkeys(("max_seconds_1x", "max_megabytes_1x"), 1000)
    bounds |= dict.fromkeys(("max_seconds_10x", "max_megabytes_10x"), 1e-9)
    report = run_gate({"type": "inference", **bounds})

    (check,) = report.checks
    assert not check.passed
    assert check.detail == "too slow with 10x rows; too much memory with 10x rows"
    stored = (report.out / "report.json").read_text() + (report.out / "report.html").read_text()
    assert "max_megabytes_1x" in stored
    for figures in ("inference of 1x rows: ", " MB for 2,000 rows", "10x rows: ", " MB for 20,000 rows"):
        assert figures in report.summary()
        assert figures not in stored


def test_inference_check_without_any_bound_is_refused(run_gate):
    with pytest.raises(ConfigError, match="a check needs max_seconds"):
        run_gate({"type": "inference"})


def test_misspelt_bound_of_the_inference_check_is_refused_with_the_nearest_one(run_gate):
    with pytest.raises(ConfigError, match="'max_megabyte_10x'; did you mean 'max_megabytes_10x'"):
        run_gate({"type": "inference", "max_megabyte_10x": 10})
