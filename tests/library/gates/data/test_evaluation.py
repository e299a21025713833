"""The evaluation of a suite: its checks, and the rows that fail them."""

from __future__ import annotations

import pytest

from tests.library.gates.expectation import expect
from trimtab.gates.data.evaluation import HIDDEN, SAMPLES, evaluate
from trimtab.gates.data.suite import load_suite
from trimtab.tables import inspect_table, open_table

NOT_NEGATIVE = expect("column_values_to_be_between", column="dep_delay", min_value=0)
KNOWN = expect("column_values_to_not_be_null", column="carrier")


@pytest.fixture
def evaluated(tmp_path, suite_file, flights):
    """Evaluate a suite on two files: the flights, and the first three of them."""
    (tmp_path / "raw").mkdir()
    flights.to_parquet(tmp_path / "raw" / "a.parquet")
    flights.head(3).to_parquet(tmp_path / "raw" / "b.parquet")

    def run(*expectations: dict, **suite: object):
        content = inspect_table(open_table(tmp_path / "raw"))
        return evaluate(load_suite(suite_file(*expectations, **suite)), content)

    return run


def test_failed_check_has_the_numbers_of_its_rows_and_a_passed_one_has_none(evaluated):
    found = evaluated(NOT_NEGATIVE, KNOWN)

    assert [found.checks[at].passed for at in (0, 1)] == [False, True]
    assert {at: rows.tolist() for at, rows in found.broken.items()} == {0: [3, 4, 6]}
    assert found.checks[0].files == {"raw/a.parquet": 3}
    assert found.checks[0].plot
    assert not found.checks[1].plot


def test_check_of_each_file_has_one_result_for_each_and_rows_of_the_whole_table(evaluated):
    small = {**expect("column_values_to_be_between", column="hour", max_value=6), "each_file": True}

    found = evaluated(small)

    assert len(found.results[0]) == 2
    assert found.broken[0].tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 12]
    assert found.checks[0].files == {"raw/a.parquet": 8, "raw/b.parquet": 1}


def test_samples_are_the_first_rows_with_their_file_and_number(evaluated):
    found = evaluated(expect("column_values_to_be_in_set", column="origin", value_set=["EWR"]))

    samples = found.checks[0].samples
    assert len(samples) == SAMPLES
    assert (samples[0]["file"], samples[0]["row"], samples[0]["values"]["origin"]) == (
        "raw/a.parquet",
        1,
        "JFK",
    )


def test_sensitive_column_is_hidden_in_samples_of_another_column(evaluated):
    found = evaluated(NOT_NEGATIVE, sensitive=["carrier"])

    assert {sample["values"]["carrier"] for sample in found.checks[0].samples} == {HIDDEN}


def test_check_of_a_sensitive_column_has_neither_samples_nor_a_plot(evaluated):
    found = evaluated(NOT_NEGATIVE, sensitive=["dep_delay"])

    assert found.checks[0].files == {"raw/a.parquet": 3}
    assert (found.checks[0].samples, bool(found.checks[0].plot)) == ((), False)
