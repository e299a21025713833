"""Differences of the environment."""

from __future__ import annotations

from dataclasses import replace

from tests.library.diagnosis.conftest import OLD
from trimtab.diagnosis.environment_changes import environment_changes, environment_note
from trimtab.diagnosis.value_change import ValueChange


def test_host_python_and_packages_are_compared():
    new = replace(OLD, host="new-host", python="3.11.7", packages={"numpy": "2.0.0", "polars": "1.0"})

    assert environment_changes({"train": OLD}, {"train": new}) == [
        ValueChange("Python", "3.11.1", "3.11.7"),
        ValueChange("host", "old-host", "new-host"),
        ValueChange("pandas", "3.0.0", None),
        ValueChange("polars", None, "1.0"),
    ]


def test_hosts_of_several_stages_are_listed_once():
    other = replace(OLD, host="b")
    assert environment_changes({"a": OLD}, {"a": OLD, "b": other, "c": other}) == [
        ValueChange("host", "old-host", "b, old-host")
    ]


def test_unknown_environment_is_no_difference_and_is_noted():
    assert environment_changes({}, {"train": OLD}) == []
    assert environment_note({}, {"train": OLD}) == "the environment of the earlier run is not recorded"
    assert environment_note({"train": OLD}, {"train": OLD}) == ""
