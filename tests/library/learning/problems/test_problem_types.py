"""Problem types and metrics by name."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.learning import PROBLEM_TYPES, load_metric, require_metric_name, require_problem_type


def test_problem_type_that_does_not_exist_is_refused_with_the_close_match() -> None:
    with pytest.raises(ValueError, match="no such problem type; did you mean 'regression'"):
        require_problem_type("regresion")


@pytest.mark.parametrize("name", ["mae", "f1_macro", "roc_auc", "shop:cost"])
def test_metric_name_of_any_problem_type_and_of_a_project_is_accepted(name: str) -> None:
    assert require_metric_name(name) == name


@pytest.mark.parametrize(
    ("problem", "name"), [("regression", "roc_auc"), ("multiclass", "mae"), ("binary", "mae")]
)
def test_metric_of_another_problem_type_is_refused_with_those_of_this_one(tmp_path, problem, name) -> None:
    with pytest.raises(ConfigError, match=rf"(?s)'{name}' does not exist for a problem of type {problem}"):
        load_metric(name, tmp_path, PROBLEM_TYPES[problem])
