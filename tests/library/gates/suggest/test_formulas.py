"""Drafts of formulas and of pairs of texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.suggest.formulas import draft_formulas

ROWS = 300
RANDOM = np.random.default_rng(0)
ONE, OTHER = RANDOM.normal(10, 3, ROWS), RANDOM.normal(5, 2, ROWS)


@pytest.mark.parametrize(
    ("made", "sign"),
    [(ONE + OTHER, "(`one` + `other`)"), (ONE * OTHER, "(`one` * `other`)")],
    ids=["sum", "product"],
)
def test_column_made_of_two_others_is_drafted_as_their_formula(reference, made, sign):
    table = pd.DataFrame({"whole": made, "one": ONE, "other": OTHER})
    (draft,) = draft_formulas(reference(table))
    assert draft.type == "expect_rows_to_satisfy_condition"
    assert draft.kwargs["column_list"] == ["whole", "one", "other"]
    assert sign in draft.kwargs["condition"]
    assert table.eval(draft.kwargs["condition"]).all()


def test_multiple_of_another_column_is_drafted(reference):
    (draft,) = draft_formulas(reference(pd.DataFrame({"miles": ONE, "km": ONE * 1.609344})))
    assert "`miles` - 0.621371 * `km`" in draft.kwargs["condition"]


def test_unrelated_columns_and_names_that_cannot_be_quoted_get_no_formula(reference):
    table = pd.DataFrame({"one": ONE, "other": OTHER, "a`b": ONE + OTHER})
    assert [*draft_formulas(reference(table))] == []


def test_few_pairs_of_texts_are_drafted_as_a_set(reference, random):
    city = random.choice(["Newark", "Kennedy", "LaGuardia"], ROWS)
    state = np.where(city == "Newark", "NJ", "NY")
    (draft,) = draft_formulas(reference(pd.DataFrame({"city": city, "state": state})))
    assert draft.type == "expect_column_pair_values_to_be_in_set"
    assert draft.kwargs["value_pairs_set"] == [["Kennedy", "NY"], ["LaGuardia", "NY"], ["Newark", "NJ"]]


def test_texts_that_occur_in_every_pair_get_no_set(reference, random):
    table = pd.DataFrame({"a": random.choice(["x", "y"], ROWS), "b": random.choice(["v", "w"], ROWS)})
    assert [*draft_formulas(reference(table))] == []
