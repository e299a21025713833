"""Named values that differ between two runs."""

from __future__ import annotations

from trimtab.diagnosis.value_change import ValueChange, value_changes


def test_added_removed_and_changed_values_are_listed_by_name():
    found = value_changes({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4})
    assert found == [ValueChange("b", 2, 5), ValueChange("c", 3, None), ValueChange("d", None, 4)]


def test_value_that_a_failed_run_never_made_is_left_out():
    assert value_changes({"a": 1, "b": 2}, {"a": 2}, only_shared=True) == [ValueChange("a", 1, 2)]


def test_value_that_became_none_is_a_difference():
    assert value_changes({}, {"a": None}) == [ValueChange("a", None, None)]
