"""Drafts of relations between columns."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.gates.suggest.relations import draft_relations

ROWS = 1000
ORDER = "expect_column_pair_values_a_to_be_greater_than_b"
ASSOCIATION = "expect_column_pair_association_to_be_between"


def drafts(reference, kind, **columns):
    return [draft for draft in draft_relations(reference(pd.DataFrame(columns))) if draft.type == kind]


def test_column_that_is_never_below_another_is_drafted_as_larger(reference, random):
    low = random.normal(size=ROWS)
    (draft,) = drafts(reference, ORDER, low=low, high=low + random.random(ROWS))
    assert (draft.kwargs["column_A"], draft.kwargs["column_B"]) == ("high", "low")
    assert draft.kwargs["or_equal"]


def test_columns_whose_ranges_are_apart_get_no_order(reference, random):
    low = random.normal(size=ROWS)
    assert drafts(reference, ORDER, low=low, high=low + 1000) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_strong_association_is_drafted_on_the_side_where_it_would_be_lost(reference, sign, random):
    one = random.normal(size=ROWS)
    (draft,) = drafts(reference, ASSOCIATION, one=one, other=sign * one + random.normal(0, 0.3, ROWS))
    bound = "min_value" if sign > 0 else "max_value"
    assert set(draft.kwargs) == {"column_A", "column_B", bound}
    assert 0.5 < sign * draft.kwargs[bound] < 1
    assert draft.each_file


def test_unrelated_columns_get_no_draft(reference, random):
    one, other = random.normal(size=ROWS), random.normal(size=ROWS)
    assert drafts(reference, ASSOCIATION, one=one, other=other) == []


def test_constant_has_no_relation(reference, random):
    assert [*draft_relations(reference(pd.DataFrame({"x": random.normal(size=ROWS), "same": 1.0})))] == []


def test_table_of_few_rows_has_no_relation(reference, random):
    one = random.normal(size=20)
    assert [*draft_relations(reference(pd.DataFrame({"one": one, "other": one + 0.1})))] == []
