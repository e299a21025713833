"""Drafts on the table: columns, row counts and duplicates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.library.gates.suggest.conftest import by_type
from trimtab.gates.suggest.rows import draft_rows

ROWS = 1000


def test_columns_of_the_files_are_a_contract(reference):
    draft = by_type(draft_rows(reference(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))))[
        "table_columns_to_match_contract"
    ]
    assert draft.kwargs == {"columns": {"a": "int64", "b": "string"}}
    assert draft.each_file


def test_row_count_has_room_below_the_smallest_and_above_the_largest_file(reference):
    good = reference(a=pd.DataFrame({"x": range(100)}), b=pd.DataFrame({"x": range(200)}))
    draft = by_type(draft_rows(good))["table_row_count_to_be_between"]
    assert draft.kwargs == {"min_value": 55, "max_value": 280}


def test_columns_that_name_a_row_are_unique_together(reference, random):
    table = pd.DataFrame(
        {"day": np.repeat(np.arange(ROWS // 10), 10), "flight": np.tile(np.arange(10), ROWS // 10)}
    )
    draft = by_type(draft_rows(reference(table.assign(delay=random.normal(size=ROWS)))))[
        "compound_columns_to_be_unique"
    ]
    assert sorted(draft.kwargs["column_list"]) == ["day", "flight"]
    assert "mostly" not in draft.kwargs


def test_id_of_a_row_is_unique_alone(reference):
    drafts = by_type(draft_rows(reference(pd.DataFrame({"id": range(ROWS), "origin": ["JFK", "LGA"] * 500}))))
    assert drafts["column_values_to_be_unique"].kwargs == {"column": "id"}


def test_table_whose_rows_are_mostly_alike_gets_no_draft_of_duplicates(reference):
    drafts = by_type(draft_rows(reference(pd.DataFrame({"origin": ["JFK", "LGA"] * 500}))))
    assert set(drafts) == {"table_columns_to_match_contract", "table_row_count_to_be_between"}
