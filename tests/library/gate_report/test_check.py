"""The result of a check as one line of text."""

from __future__ import annotations

import pytest

from trimtab.gate_report.check import Check


@pytest.mark.parametrize(
    ("rows", "share"), [(24, "50.00%"), (240_000, "0.01%"), (300_000, "less than 0.01%")]
)
def test_a_few_rows_of_many_are_not_shown_as_none(rows, share):
    assert f"({share})" in Check("between", passed=False, unexpected=12, rows=rows).result_text()


def test_check_result_has_the_observed_value_with_its_interval_and_the_detail():
    check = Check("roc_auc", passed=True, observed=0.75, interval=(0.7, 0.8), detail="on 300 rows")

    assert check.result_text() == "observed 0.75, 0.7 to 0.8; on 300 rows"


def test_check_result_without_rows_counts_unexpected_values():
    assert Check("unique", passed=False, unexpected=1200).result_text() == "1,200 unexpected values"


@pytest.mark.parametrize(("passed", "text"), [(True, ""), (False, "nothing could be observed")])
def test_check_result_without_an_observation_is_a_text_only_for_a_failed_check(passed, text):
    assert Check("mean", passed=passed).result_text() == text
