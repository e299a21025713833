"""Which champion a rollback goes back to, and which versions are retired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.library.registry.ledger.histories import history
from trimtab.registry.ledger.champion_stack import champion_stack, retired_versions


@pytest.mark.parametrize(
    ("champions", "target", "retired"),
    [
        ([], None, set()),
        ([1], None, set()),
        ([1, 2], 1, set()),
        ([1, 2, 3], 2, set()),
        ([1, 2, 3, "2!"], 1, {3}),
        ([1, 2, 3, "2!", "1!"], None, {2, 3}),
        ([1, 2, 3, "1!"], None, {3}),
        ([1, 2, "1!", 3], 1, {2}),
        ([1, 2, 1], 2, set()),
        ([1, 2, "1!", "2!"], 1, {1}),
    ],
)
def test_ledger_rollback_target_is_never_a_retired_version(champions, target, retired):
    ledger = history(*champions)

    assert ledger.rollback_target == target
    assert ledger.retired == retired


def test_champion_stack_has_each_version_once_with_the_champion_last():
    assert champion_stack(history(1, 2, 1, 3).entries) == [2, 1, 3]


def test_rollback_to_a_version_that_no_rollback_reaches_puts_it_on_top():
    assert champion_stack(history(1, 2, "5!").entries) == [1, 2, 5]


def test_retired_version_is_not_retired_once_a_person_has_promoted_it():
    *before, last = history(1, 2, "1!", 2).entries

    assert retired_versions([*before, last]) == {2}
    assert retired_versions([*before, replace(last, person=True)]) == set()
