from __future__ import annotations

import pandas as pd
import pytest

from trimtab import registry
from trimtab.errors import ProjectError, RegistryError
from trimtab.learning import BINARY, PROBLEM_TYPES, Dependence
from trimtab.registry.promotion.comparison_window import read_labelled_window


def test_test_window_and_label_are_found_by_artifact_type(project):
    assert registry.require_test_window(project.graph).path == "made/test.parquet"
    assert registry.read_label_column(project.graph) == "late"


def test_test_window_without_a_label_is_refused_with_the_line_to_add(project):
    with pytest.raises(ProjectError, match=r"meta: \{label: my_label\}"):
        registry.read_label_column(project.declare("test-window", meta={}).graph)


def test_test_window_that_is_not_declared_is_refused_with_the_line_to_add(project):
    with pytest.raises(ProjectError, match="type: test-window"):
        registry.require_test_window(project.declare("test-window", type="other").graph)


@pytest.mark.parametrize(
    ("name", "labels", "said"),
    [
        ("binary", [0, 1, 2], "is neither 0 nor 1 in 1 of 3 rows"),
        ("binary", [1.0, 1.0, None], "is 1 in all 2 rows"),
        ("binary", [None, None], "has no rows"),
        ("multiclass", ["a", "a", None], "is a in all 2 rows"),
        ("regression", [2.5, 2.5], "is 2.5 in all 2 rows"),
        ("regression", ["a", "b"], "not numbers"),
        ("regression", [1.0, float("inf")], "is not finite in 1 of 2 rows"),
    ],
)
def test_window_whose_labels_measure_nothing_is_refused_for_each_problem_type(tmp_path, name, labels, said):
    pd.DataFrame({"y": labels}).to_parquet(tmp_path / "test.parquet")

    with pytest.raises(RegistryError, match=f"The label 'y' of the test window .*{said}.*cannot be compared"):
        read_labelled_window(tmp_path / "test.parquet", "y", PROBLEM_TYPES[name])


@pytest.mark.parametrize(
    ("name", "labels", "read"),
    [
        ("binary", [0.0, None, 1.0], [False, True]),
        ("binary", [True, None, False], [True, False]),
        ("multiclass", ["b", None, "a"], [1, 0]),
        ("multiclass", [2.0, None, 1.0], [1, 0]),
        ("regression", [2.5, None, -1.0], [2.5, -1.0]),
    ],
)
def test_labels_of_a_window_are_read_by_problem_type_without_the_missing_ones(tmp_path, name, labels, read):
    pd.DataFrame({"y": labels}).to_parquet(tmp_path / "test.parquet")

    window = read_labelled_window(tmp_path / "test.parquet", "y", PROBLEM_TYPES[name])

    assert window.labels.tolist() == read
    assert len(window.rows) == 2


def test_window_has_the_units_of_its_labelled_rows(tmp_path):
    table = pd.DataFrame({"y": [0, 1] * 15, "account": list("abcdefghijklmno") * 2})
    table["y"] = table["y"].astype(float).mask(table.index < 5)
    table.to_parquet(tmp_path / "test.parquet")
    window = read_labelled_window(tmp_path / "test.parquet", "y", BINARY, Dependence(group="account"))
    (units,) = window.units
    assert (len(units.of_row), units.number) == (25, 15)
    assert read_labelled_window(tmp_path / "test.parquet", "y", BINARY).units == ()


def test_window_has_the_weights_of_its_labelled_rows(tmp_path):
    pd.DataFrame({"y": [0, 1, None, 1], "w": [1.0, 2, None, 3]}).to_parquet(tmp_path / "test.parquet")
    window = read_labelled_window(tmp_path / "test.parquet", "y", BINARY, weight="w")
    assert window.weights.tolist() == [0.5, 1, 1.5]
    assert read_labelled_window(tmp_path / "test.parquet", "y", BINARY).weights is None


def test_window_whose_weights_cannot_be_used_is_refused(tmp_path):
    pd.DataFrame({"y": [0, 1], "w": [1.0, -2]}).to_parquet(tmp_path / "test.parquet")
    with pytest.raises(RegistryError, match="The weight 'w' is negative in 1 of 2 rows") as refused:
        read_labelled_window(tmp_path / "test.parquet", "y", BINARY, weight="w")
    refused.match("meta.weight")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (Dependence(group="acount"), "There is no column 'acount'; did you mean 'account'"),
        (Dependence(time="y"), "'y' has 2 different values"),
    ],
)
def test_window_whose_groups_or_times_cannot_be_used_is_refused(tmp_path, declared, message):
    table = pd.DataFrame({"y": [0, 1] * 15, "account": range(30)})
    table.to_parquet(tmp_path / "test.parquet")
    with pytest.raises(RegistryError, match=message) as refused:
        read_labelled_window(tmp_path / "test.parquet", "y", BINARY, declared)
    refused.match("meta.group")
