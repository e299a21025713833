"""The message of a breach."""

from __future__ import annotations

from trimtab.contracts.problem import Problem
from trimtab.errors import ConfigError


def test_problem_says_what_where_and_what_to_do():
    assert str(Problem("No comment", "params.yaml: a.b", "write one")) == (
        "No comment\n  where: params.yaml: a.b\n  to do: write one"
    )


def test_problem_of_an_error_has_its_parts():
    error = ConfigError("The file is missing", where="params.yaml", fix="add it")
    assert Problem.from_error(error) == Problem("The file is missing", "params.yaml", "add it")
