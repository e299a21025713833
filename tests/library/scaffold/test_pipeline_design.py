"""A design is decided from the table alone, and what cannot be used is refused before anything is written."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.library.scaffold.tables import orders
from trimtab.errors import ConfigError
from trimtab.scaffold import Request, design_pipeline, require_name


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "orders.csv"
    orders().to_csv(path, index=False)
    return path


def test_design_of_a_table_with_a_time_has_windows_to_train_test_and_check(table):
    design = design_pipeline(Request("late_orders", table, "late"))
    assert design.time.every == "month"
    assert design.first_run == datetime(2023, 9, 1)
    assert design.end == datetime(2024, 1, 1)
    assert design.test_windows == 2
    assert design.model == "late-orders"


def test_design_without_time_has_no_windows(table):
    design = design_pipeline(Request("late_orders", table, "late", without_time=True))
    assert design.time is None
    assert "upcoming" not in design.stages


def test_everything_that_was_not_given_is_a_guess(table):
    guessed = {guess.what for guess in design_pipeline(Request("late_orders", table, "late")).guesses}
    assert {
        "problem type",
        "positive label",
        "time column",
        "rhythm",
        "first training",
        "hold-out",
    } <= guessed
    given = Request("late_orders", table, "late", time="ordered", problem_type="binary", every="month")
    assert {"problem type", "time column", "rhythm"}.isdisjoint(
        guess.what for guess in design_pipeline(given).guesses
    )


@pytest.mark.parametrize("name", ["Late", "late-orders", "2late", "late orders", "", "../late", "class"])
def test_name_that_is_no_identifier_is_refused(name):
    with pytest.raises(ConfigError, match="no identifier"):
        require_name(name)


def test_several_times_have_to_be_chosen_from(tmp_path):
    table = orders().assign(paid=lambda table: table["ordered"])
    table.to_parquet(tmp_path / "orders.parquet", index=False)
    with pytest.raises(ConfigError, match=r"several columns of times: ordered, paid[\s\S]*--time"):
        design_pipeline(Request("late_orders", tmp_path / "orders.parquet", "late"))


def test_rhythm_of_a_table_without_a_time_is_refused(tmp_path):
    orders().drop(columns="ordered").to_parquet(tmp_path / "orders.parquet", index=False)
    with pytest.raises(ConfigError, match="no column of times, so it has no rhythm"):
        design_pipeline(Request("late_orders", tmp_path / "orders.parquet", "late", every="week"))
