"""Verifications and removals on a terminal."""

from __future__ import annotations

import io

import pytest

from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.report_table import show_removals, show_verification, size_text
from trimtab.registry.retention.verification import Problem, Verification
from trimtab.terminal import Console


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def test_verification_without_a_problem_says_how_remotes_were_checked(console):
    show_verification(Verification("m", {1: "champion"}, {1: 7}, deep=False, problems=()), console)

    text = console.file.getvalue()
    assert "7 ok" in text
    assert "The ledger is intact. Objects in remotes were checked by size only" in text


def test_verification_problem_is_counted_in_its_row_and_shown_with_its_fix(console):
    problem = Problem(1, "model", "a file is altered", "restore a backup")
    show_verification(Verification("m", {1: "champion"}, {}, deep=True, problems=(problem,)), console)

    text = console.file.getvalue()
    assert "1 wrong" in text
    assert "not checked" in text
    assert "problem version 1, model: a file is altered" in text
    assert "to do: restore a backup" in text
    assert "The ledger is intact" not in text


def test_verification_of_a_model_without_live_versions_has_no_table(console):
    show_verification(Verification("m", {}, {}, deep=True, problems=()), console)

    assert console.file.getvalue().startswith("No version of m is live")


def test_removals_are_shown_with_size_and_reason_and_never_removed(console):
    show_removals([Removal("m version 1", 1500, "too old", lambda: pytest.fail("removed"))], console)

    (row,) = [line for line in console.file.getvalue().splitlines() if "m version 1" in line]
    assert "1.5 KB" in row
    assert "too old" in row


def test_no_removal_is_said_in_words(console):
    show_removals([], console)

    assert console.file.getvalue().startswith("Nothing to prune")


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (2_500_000, "2.5 MB"), (3e18, "3000000.0 TB")],
)
def test_size_has_the_largest_unit_that_fits(size, text):
    assert size_text(size) == text
