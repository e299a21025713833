"""The vocabulary: each term is defined once, by a class or function that exists."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "vocabulary.md").read_text()
ROWS = re.findall(r"^\| (?!term|---)(.+?) \| .+ \| `(trimtab\.[\w.]+)` \|$", PAGE, re.M)


@pytest.mark.parametrize("name", [name for _, name in ROWS])
def test_definition_of_a_term_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_every_row_of_the_vocabulary_names_its_definition() -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith("| term")]
    assert len(rows) == len(ROWS) > 40


def test_term_has_one_meaning() -> None:
    terms = [term for cell, _ in ROWS for term in cell.split(", ")]
    assert sorted(terms) == sorted(set(terms))
