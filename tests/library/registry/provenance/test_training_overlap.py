"""Whether a champion may have learnt from the window that it is compared on."""

from __future__ import annotations

import dataclasses

import pytest

from trimtab.registry.provenance.training_overlap import describe_leakage
from trimtab.registry.tracking.server import connection

WEAK, STRONG = 1, 2
JUNE, JULY, AUGUST = "2013-06-01", "2013-07-01", "2013-08-01"


@pytest.fixture
def leakage(client, contenders):
    """Describe the leakage between two versions with these facts; neither has a record of its test data."""

    def describe(champion: dict[str, str], challenger: dict[str, str]) -> str:
        run_id = client.create_run("0").info.run_id
        made = [
            dataclasses.replace(
                contenders[number],
                run_id=run_id,
                tags={f"trimtab.{name}": value for name, value in facts.items()},
            )
            for number, facts in ((WEAK, champion), (STRONG, challenger))
        ]
        with connection():
            return describe_leakage(*made)

    return describe


def extent(learnt: str, seen: str) -> dict[str, str]:
    return {"learnt_until": learnt, "seen_until": seen}


def test_champion_that_learnt_until_the_window_has_not_learnt_from_it(leakage):
    assert leakage(extent(JUNE, JULY), extent(JULY, AUGUST)) == ""


def test_champion_that_learnt_past_the_beginning_of_the_window_may_have_learnt_from_it(leakage):
    assert leakage(extent(JULY, AUGUST), extent(JUNE, JULY)) == (
        "its training data go until 2013-07-01 00:00:00, the window begins at 2013-06-01 00:00:00: "
        "it may have learnt from the window"
    )


def test_champion_with_an_unknown_extent_may_have_learnt_from_a_known_window(leakage):
    assert "training data have no known end" in leakage({}, extent(JUNE, JULY))


def test_versions_that_both_have_no_known_extent_are_not_told_apart(leakage):
    assert leakage({}, {}) == ""
