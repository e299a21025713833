"""Drafts on text columns."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.library.gates.suggest.conftest import by_type
from trimtab.gates.suggest.texts import draft_texts

ROWS = 1000


def drafts(reference, values):
    return by_type(draft_texts("x", reference(pd.DataFrame({"x": values}))))


@pytest.mark.parametrize(
    ("values", "regex"),
    [
        (["UA", "AA"], "^[A-Z]{2}$"),
        (["N1", "N23"], "^(?=[^A-Z]*[A-Z])[A-Z0-9]{2,3}$"),
        (["01", "99"], "^[0-9]{2}$"),
    ],
)
def test_codes_of_one_shape_are_drafted_with_their_characters_and_lengths(reference, values, regex, random):
    draft = drafts(reference, random.choice(values, ROWS))["column_values_to_match_regex"]
    assert draft.kwargs["regex"] == regex


def test_text_without_a_shape_has_no_blanks_around_it(reference):
    names = [f"{word}: né {number}" for number in range(500) for word in ("Über", "Ågot")]
    regex = drafts(reference, names)["column_values_to_match_regex"].kwargs["regex"]
    assert all(re.match(regex, name) for name in names)
    assert not re.match(regex, f" {names[0]}")


def test_categories_are_a_set_with_a_bound_of_their_shares(reference, random):
    found = drafts(reference, random.choice(["a", "b", "c"], ROWS, p=[0.7, 0.2, 0.1]))
    assert found["column_values_to_be_in_set"].kwargs["value_set"] == ["a", "b", "c"]
    shares = found["column_kl_divergence_to_be_less_than"].kwargs
    assert shares["partition_object"]["values"][0] == "a"
    assert sum(shares["partition_object"]["weights"]) == pytest.approx(1)
    assert shares["threshold"] >= 0.05


def test_text_of_many_values_is_no_set_and_has_a_bound_of_their_number(reference):
    found = drafts(reference, [f"n{number}" for number in range(ROWS)])
    assert "column_values_to_be_in_set" not in found
    unique = found["column_unique_value_count_to_be_between"]
    assert (unique.kwargs["min_value"], unique.kwargs["max_value"]) == (500, 2000)
    assert unique.each_file


def test_constant_text_has_no_shares(reference):
    assert "column_kl_divergence_to_be_less_than" not in drafts(reference, ["a"] * ROWS)
