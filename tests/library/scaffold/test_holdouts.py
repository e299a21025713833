"""Models are measured on what later trainings would learn from and be tested on."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.scaffold.tables import orders
from trimtab.scaffold import Request, design_pipeline
from trimtab.scaffold.holdouts import MOST, hold_outs, windows_until_end


def designed(tmp_path, **options):
    orders().to_parquet(tmp_path / "orders.parquet", index=False)
    return design_pipeline(Request("late_orders", tmp_path / "orders.parquet", "late", **options))


def test_hold_outs_in_time_test_on_later_rows_than_they_learn_from(tmp_path):
    design = designed(tmp_path)
    found = hold_outs(orders(), design)
    assert found[0].name == design.text(design.first_run)
    assert found[-1].name == design.text(design.end)
    for hold_out in found:
        assert hold_out.train["ordered"].max() < hold_out.test["ordered"].min()
        assert hold_out.test["ordered"].max() < pd.Timestamp(hold_out.name)


def test_windows_end_with_the_last_complete_one(tmp_path):
    assert list(windows_until_end(orders(), designed(tmp_path)))[-1] == "2023-12"


def test_random_hold_outs_have_each_row_on_one_side(tmp_path):
    found = hold_outs(orders(), designed(tmp_path, without_time=True))
    assert len(found) == MOST
    for hold_out in found:
        assert len(hold_out.train) + len(hold_out.test) == len(orders())
        assert set(hold_out.train["order_id"]).isdisjoint(hold_out.test["order_id"])


def test_pipeline_without_time_has_no_windows(tmp_path):
    with pytest.raises(ValueError, match="no windows"):
        windows_until_end(orders(), designed(tmp_path, without_time=True))
