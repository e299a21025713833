"""Bounds are outside of everything that was measured, and say what that was."""

from __future__ import annotations

import pytest

from tests.library.scaffold.tables import orders
from trimtab.scaffold import Request, design_pipeline
from trimtab.scaffold.holdouts import hold_outs
from trimtab.scaffold.measured_bounds import _Range, checks_without_bounds, measure
from trimtab.scaffold.rendering import render_pipeline
from trimtab.stages import import_stage


@pytest.mark.parametrize(
    ("low", "high"), [(0.61, 0.83), (-0.02, 0.01), (1200.0, 1900.0), (0.5, 0.5), (1e-6, 3e-6), (0.0, 0.0)]
)
def test_bounds_are_outside_of_what_was_measured(low, high):
    found = _Range([low, high], low, high)
    assert found.below() <= low
    assert found.above() >= high


def test_bound_has_no_more_digits_than_its_margin():
    assert _Range([0.7], 0.612345, 0.834567).below() == 0.545


@pytest.mark.slow
def test_models_of_every_hold_out_meet_the_bounds(tmp_path):
    orders().to_parquet(tmp_path / "orders.parquet", index=False)
    design = design_pipeline(Request("late_orders", tmp_path / "orders.parquet", "late"))
    folder = tmp_path / "draft"
    files = render_pipeline(design, suite="", checks=checks_without_bounds(design), trusted_types=[])
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    ingest = import_stage(folder, "ingest")
    table = ingest.prepare(ingest.read_source(design.source.path))

    measured = measure(design, folder, hold_outs(table, design))

    by_type = {check.get("type", "metric"): check for check in measured.checks}
    assert set(by_type) == {"metric", "score", "gain", "gap", "stability", "leakage", "inference", "size"}
    assert "at 5 date(s) from 2023-09-01 to 2024-01-01" in by_type["gain"]["notes"]
    assert set(measured.trusted_types) <= {
        "numpy.dtype",
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    }
