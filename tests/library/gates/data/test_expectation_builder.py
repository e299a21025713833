"""Great Expectations' objects, built from a suite; what it does not know is refused before data are read."""

from __future__ import annotations

import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError
from trimtab.gates.data.expectation_builder import build_expectations
from trimtab.gates.data.suite import load_suite

FACTS = {"table_files": {"2013-01.parquet": 10}, "table_schema": {"hour": "int64"}}


@pytest.fixture
def build(suite_file):
    return lambda *expectations, **suite: build_expectations(
        load_suite(suite_file(*expectations, **suite)), FACTS
    )


def test_expectations_are_built_in_order_with_severity_notes_and_position(build):
    first, second = build(
        expect("column_values_to_not_be_null", column="a", severity="warning", notes="Ask."),
        expect("column_values_to_be_unique", column="a"),
    )
    assert (type(first).__name__, type(second).__name__) == (
        "ExpectColumnValuesToNotBeNull",
        "ExpectColumnValuesToBeUnique",
    )
    assert (first.severity, first.notes) == ("warning", "Ask.")
    assert [one.meta["position"] for one in (first, second)] == [0, 1]


def test_facts_about_the_files_are_given_to_an_expectation_that_takes_them(build):
    near, _ = build(
        expect("file_row_counts_to_be_near_previous"), expect("column_values_to_be_unique", column="a")
    )
    assert near.table_files == FACTS["table_files"]


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (expect("column_values_to_be_uniqe", column="a"), "There is no expectation .*did you mean"),
        (expect("column_values_to_be_unique", colum="a"), "has no argument 'colum'; did you mean 'column'"),
        (expect("file_row_counts_to_be_near_previous", table_files={}), "has no argument 'table_files'"),
        (expect("column_values_to_not_be_null", column="a", mostly=2), "does not accept its arguments"),
        (
            expect("column_values_to_be_unique", column="a", row_condition="b > 1"),
            "has a row_condition that nothing reads",
        ),
    ],
    ids=["type", "argument", "argument of the gate", "value", "row condition"],
)
def test_entry_that_nothing_reads_is_refused_with_its_place(build, entry, what):
    with pytest.raises(ConfigError, match=what) as refused:
        build(expect("column_values_to_be_unique", column="first"), entry)
    assert refused.value.where.endswith("expectation 2 of 2")


def test_module_of_the_project_that_does_not_exist_is_refused_with_the_suite(build):
    with pytest.raises(ConfigError, match="The module 'no_such_checks' cannot be imported") as refused:
        build(expect("column_values_to_be_unique", column="a"), modules=["no_such_checks"])
    assert refused.value.where.endswith("suite.json: modules")
