"""A guess names the line that changes it."""

from __future__ import annotations

from trimtab.scaffold.guess import Guess


def test_place_of_a_guess_is_the_line_that_has_it(tmp_path):
    (tmp_path / "params.yaml").write_text("ingest:\n  every: week # how often\n")
    assert Guess("rhythm", "week", "", "params.yaml", "every:").place(tmp_path) == "params.yaml:2"


def test_place_of_a_guess_without_a_line_is_the_file(tmp_path):
    (tmp_path / "params.yaml").write_text("ingest: {}\n")
    assert Guess("rhythm", "week", "", "params.yaml", "every:").place(tmp_path) == "params.yaml"
