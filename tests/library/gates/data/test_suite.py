"""A suite that is not understood is refused, before any data is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.gates import check_data
from trimtab.gates.data.expectation_builder import build_expectations
from trimtab.gates.data.suite import load_suite

BETWEEN = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "hour", "min_value": 0, "max_value": 23},
}


def refused(suite: Path, tmp_path: Path, flights) -> str:
    data = tmp_path / "flights.parquet"
    flights.to_parquet(data)
    with pytest.raises(ConfigError) as caught:
        check_data(suite=suite, data=data, out=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir()), "a refused suite leaves no report to mistake for a verdict"
    return str(caught.value)


def test_suite_is_read_from_yaml_in_great_expectations_terms(tmp_path):
    path = tmp_path / "raw.yaml"
    path.write_text(
        "name: raw\nnotes: all of it\nexpectations:\n"
        "  - type: expect_column_values_to_be_between\n"
        "    kwargs: {column: hour, min_value: 0, max_value: 23}\n"
        "    severity: warning\n"
        "    notes: [Hours are local., Ask the feed's owner.]\n"
        "    meta: {team: ops}\n"
    )
    suite = load_suite(path)

    (built,) = build_expectations(suite, {})

    assert suite.name == "raw"
    assert (built.column, built.max_value, built.severity.value) == ("hour", 23, "warning")
    assert built.notes == ["Hours are local.", "Ask the feed's owner."]
    assert built.meta["team"] == "ops"


def test_yaml_and_json_give_the_same_suite(tmp_path, suite_file):
    json_file = suite_file(BETWEEN)
    yaml_file = tmp_path / "suite.yaml"
    yaml_file.write_text(
        "name: flights\nexpectations:\n"
        "- {type: expect_column_values_to_be_between, kwargs: {column: hour, min_value: 0, max_value: 23}}\n"
    )

    assert load_suite(json_file).expectations == load_suite(yaml_file).expectations


def test_unknown_expectation_is_refused_with_the_nearest(suite_file, tmp_path, flights):
    typo = BETWEEN | {"type": "expect_column_value_to_be_betwen"}

    message = refused(suite_file(BETWEEN, typo), tmp_path, flights)

    assert "did you mean 'expect_column_values_to_be_between'?" in message
    assert "suite.json: expectation 2 of 2" in message


def test_class_name_instead_of_type_is_refused_with_the_type(suite_file, tmp_path, flights):
    message = refused(suite_file(BETWEEN | {"type": "ExpectColumnValuesToBeBetween"}), tmp_path, flights)

    assert "did you mean 'expect_column_values_to_be_between'?" in message


@pytest.mark.parametrize(
    ("kwargs", "told"),
    [
        ({"column": "hour", "min_valu": 0}, "did you mean 'min_value'?"),
        ({"colum": "hour", "min_value": 0}, "did you mean 'column'?"),
        ({"min_value": 0}, "'column': field required"),
        ({"column": "hour"}, "min_value and max_value cannot both be None"),
        ({"column": "hour", "min_value": 0, "mostly": 3}, "'mostly'"),
        ({"column": "hour", "min_value": 0, "severity": "info"}, "no argument 'severity'"),
    ],
)
def test_unknown_expectation_arguments_are_refused(kwargs, told, suite_file, tmp_path, flights):
    message = refused(suite_file(BETWEEN | {"kwargs": kwargs}), tmp_path, flights)

    assert told in message
    assert "expectation 1 of 1" in message


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (BETWEEN | {"severity": "fatal"}, "'severity' is 'fatal'"),
        (BETWEEN | {"severty": "info"}, "unknown key 'severty'; did you mean 'severity'?"),
        ({"kwargs": {"column": "hour"}}, "'type' is missing"),
        (BETWEEN | {"kwargs": ["hour"]}, "'kwargs' is ['hour']"),
    ],
)
def test_invalid_suite_entry_is_refused(entry, told, suite_file, tmp_path, flights):
    message = refused(suite_file(BETWEEN, entry), tmp_path, flights)

    assert told in message
    assert "expectation 2 of 2" in message


def test_empty_suite_is_refused(suite_file, tmp_path, flights):
    assert "expectations" in refused(suite_file(), tmp_path, flights)


def test_duplicate_expectation_is_refused(suite_file, tmp_path, flights):
    other = BETWEEN | {"kwargs": BETWEEN["kwargs"] | {"max_value": 20}}

    message = refused(suite_file(BETWEEN, other, BETWEEN | {"severity": "info"}), tmp_path, flights)

    assert "twice" in message
    assert "expectation 3 of 3" in message


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("s.yaml", "name: [", "not valid YAML"),
        ("s.json", '{"name": ', "not valid JSON"),
        ("s.yaml", "- a\n- b\n", "not a mapping"),
        ("s.json", "[1, 2]", "s.json"),
        ("s.yaml", "", "not a mapping"),
    ],
)
def test_invalid_suite_file_is_refused(name, content, told, tmp_path, flights):
    (tmp_path / name).write_text(content)

    assert told in refused(tmp_path / name, tmp_path, flights)


def test_missing_suite_file_is_refused(tmp_path, flights):
    for name in ("none.yaml", "none.json"):
        assert "does not exist" in refused(tmp_path / name, tmp_path, flights)
