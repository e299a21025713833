"""Drafts on one column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.gates.suggest.conftest import by_type
from trimtab.gates.suggest.columns import draft_column

ROWS = 500
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "drafted"),
    [
        (RANDOM.normal(size=ROWS), "column_values_to_be_between"),
        (RANDOM.choice(["a", "b"], ROWS), "column_values_to_be_in_set"),
        (pd.date_range("2013-01-01", periods=ROWS, freq="h"), "column_gaps_to_be_less_than"),
    ],
    ids=["numbers", "texts", "times"],
)
def test_column_gets_the_drafts_of_its_type_and_of_its_nulls(reference, values, drafted):
    drafts = by_type(draft_column("x", reference(pd.DataFrame({"x": values}))))
    assert {"column_values_to_not_be_null", drafted} <= set(drafts)


def test_boolean_column_gets_the_draft_of_its_nulls_only(reference):
    assert set(by_type(draft_column("x", reference(pd.DataFrame({"x": [True, False] * 50}))))) == {
        "column_values_to_not_be_null"
    }


def test_share_of_nulls_has_room_for_chance_and_is_of_each_file(reference, random):
    values = pd.Series(random.normal(size=ROWS)).where(random.random(ROWS) > 0.1)
    draft = by_type(draft_column("x", reference(pd.DataFrame({"x": values}))))["column_values_to_not_be_null"]
    assert 0.7 < draft.kwargs["mostly"] < 1 - values.isna().mean()
    assert draft.each_file


def test_column_without_nulls_may_have_few(reference, random):
    draft = by_type(draft_column("x", reference(pd.DataFrame({"x": random.normal(size=ROWS)}))))[
        "column_values_to_not_be_null"
    ]
    assert 0.9 < draft.kwargs["mostly"] < 1
    assert draft.evidence.startswith("no value is null")
