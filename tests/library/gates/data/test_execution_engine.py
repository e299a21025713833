"""What the engine finds is what Great Expectations finds on the whole data frame."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations import registry

from trimtab.gates.data.execution_engine import EXAMPLES, ColumnEngine, validate
from trimtab.tables.file_table import FileTable, open_table

ROWS = 40
DAYS = [dt.datetime(2013, 1, 1) + dt.timedelta(days=n % 11, seconds=n) for n in range(ROWS)]


def holed(values: list[Any]) -> list[Any]:
    return [None if n % 7 == 3 else value for n, value in enumerate(values)]


NUMBERS = [(n * 7) % 13 for n in range(ROWS)]
FRACTIONS = [n * 0.37 - 3 for n in range(ROWS)]
CODES = [("UA", "AA", "B6", "straße", "")[n % 5] for n in range(ROWS)]
COLUMNS = {
    "count": pa.array(NUMBERS),
    "count_holed": pa.array(holed(NUMBERS)),
    "count_small": pa.array(NUMBERS, pa.int16()),
    "key": pa.array(range(ROWS)),
    "fraction": pa.array(FRACTIONS),
    "fraction_holed": pa.array(holed(FRACTIONS)),
    "fraction_nan": pa.array([math.nan if n % 5 == 0 else n / 3 for n in range(ROWS)]),
    "fraction_infinite": pa.array(
        [math.inf if n == 5 else -math.inf if n == 9 else n / 3 for n in range(ROWS)]
    ),
    "fraction_short": pa.array(FRACTIONS, pa.float32()),
    "money": pa.array([Decimal(n % 9) / 4 for n in range(ROWS)], pa.decimal128(6, 2)),
    "code": pa.array(CODES),
    "code_holed": pa.array(holed(CODES)),
    "category": pa.array(CODES).dictionary_encode(),
    "text_of_day": pa.array([day.isoformat() for day in DAYS]),
    "flag": pa.array([n % 3 == 0 for n in range(ROWS)]),
    "flag_holed": pa.array(holed([n % 3 == 0 for n in range(ROWS)])),
    "time": pa.array(DAYS, pa.timestamp("us")),
    "time_holed": pa.array(holed(DAYS), pa.timestamp("ms")),
    "time_fine": pa.array(DAYS, pa.timestamp("ns")),
    "time_zoned": pa.array(DAYS, pa.timestamp("us", "UTC")),
    "time_far": pa.array([dt.datetime(2990 + n % 7, 1, 1) for n in range(ROWS)], pa.timestamp("us")),
    "day": pa.array([day.date() for day in DAYS]),
    "list": pa.array([[n, n + 1] for n in range(ROWS)]),
    "nothing": pa.nulls(ROWS),
    "no number": pa.nulls(ROWS, pa.float64()),
    "no time": pa.nulls(ROWS, pa.timestamp("us")),
    "almost empty": pa.array([None] * (ROWS - 1) + [4]),
}
USUAL = ["count_holed", "fraction_infinite", "code_holed", "time_holed", "flag", "no number", "missing"]
SET = ["UA", "AA", 1, 2, 0.5, True]
BOUNDS = [
    {"min_value": 2, "max_value": 5},
    {"max_value": 4, "strict_max": True},
    {"min_value": "2013-01-05T00:00:00"},
]
ON_COLUMNS: dict[str, list[dict[str, Any]]] = {
    "expect_column_distinct_values_to_be_in_set": [{"value_set": SET}],
    "expect_column_distinct_values_to_contain_set": [{"value_set": SET[:2]}],
    "expect_column_distinct_values_to_equal_set": [{"value_set": SET}],
    "expect_column_kl_divergence_to_be_less_than": [
        {"partition_object": {"values": ["UA", "AA"], "weights": [0.5, 0.5]}, "threshold": 0.1},
        {"partition_object": {"bins": [0, 5, 13], "weights": [0.5, 0.5]}, "threshold": 0.1},
    ],
    "expect_column_max_to_be_between": BOUNDS,
    "expect_column_mean_to_be_between": BOUNDS[:1],
    "expect_column_median_to_be_between": BOUNDS[:1],
    "expect_column_min_to_be_between": BOUNDS,
    "expect_column_most_common_value_to_be_in_set": [{"value_set": SET, "ties_okay": True}],
    "expect_column_proportion_of_non_null_values_to_be_between": [{"min_value": 0.9}],
    "expect_column_proportion_of_unique_values_to_be_between": [{"min_value": 0.2, "max_value": 0.9}],
    "expect_column_quantile_values_to_be_between": [
        {"quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, 3], [None, 5]]}}
    ],
    "expect_column_stdev_to_be_between": BOUNDS[:1],
    "expect_column_sum_to_be_between": BOUNDS[:1],
    "expect_column_to_exist": [{}, {"column_index": 3}],
    "expect_column_type_to_be": [{"type_": "int64"}],
    "expect_column_unique_value_count_to_be_between": [{"min_value": 5, "max_value": 20}],
    "expect_column_value_lengths_to_be_between": [{"min_value": 2, "max_value": 3}],
    "expect_column_value_lengths_to_equal": [{"value": 2}],
    "expect_column_value_z_scores_to_be_less_than": [{"threshold": 1.2, "double_sided": True}],
    "expect_column_values_to_be_between": [*BOUNDS, {"min_value": 1, "mostly": 0.5}],
    "expect_column_values_to_be_dateutil_parseable": [{}],
    "expect_column_values_to_be_decreasing": [{}],
    "expect_column_values_to_be_in_set": [{"value_set": SET}, {"value_set": [], "mostly": 0.2}],
    "expect_column_values_to_be_in_type_list": [{"type_list": ["str", "float64"]}],
    "expect_column_values_to_be_increasing": [{"strictly": True}],
    "expect_column_values_to_be_json_parseable": [{}],
    "expect_column_values_to_be_null": [{}],
    "expect_column_values_to_be_of_type": [{"type_": "int64"}, {"type_": "str"}, {"type_": "datetime64[us]"}],
    "expect_column_values_to_be_unique": [{}],
    "expect_column_values_to_match_json_schema": [{"json_schema": {"type": "integer"}}],
    "expect_column_values_to_match_like_pattern": [{"like_pattern": "U%"}],
    "expect_column_values_to_match_like_pattern_list": [{"like_pattern_list": ["U%", "A_"]}],
    "expect_column_values_to_match_regex": [{"regex": "^[A-Z]"}],
    "expect_column_values_to_match_regex_list": [{"regex_list": ["^U", "A$"], "match_on": "any"}],
    "expect_column_values_to_match_strftime_format": [{"strftime_format": "%Y-%m-%dT%H:%M:%S"}],
    "expect_column_values_to_not_be_in_set": [{"value_set": SET}],
    "expect_column_values_to_not_be_null": [{}, {"mostly": 0.5}],
    "expect_column_values_to_not_be_outliers": [{"method": "iqr"}],
    "expect_column_values_to_not_match_like_pattern": [{"like_pattern": "U%"}],
    "expect_column_values_to_not_match_like_pattern_list": [{"like_pattern_list": ["U%"]}],
    "expect_column_values_to_not_match_regex": [{"regex": "A"}],
    "expect_column_values_to_not_match_regex_list": [{"regex_list": ["A", "^s"]}],
}
PAIRS = [
    {"column_A": one, "column_B": other, "ignore_row_if": ignored}
    for one, other in [
        ("count", "fraction_holed"),
        ("count_holed", "key"),
        ("code", "code_holed"),
        ("time", "time_holed"),
    ]
    for ignored in ("both_values_are_missing", "either_value_is_missing", "neither")
]
LISTS = [
    {"column_list": columns, "ignore_row_if": ignored}
    for columns in (["count", "count_holed"], ["code_holed", "time", "flag"], ["fraction_nan", "count_small"])
    for ignored in ("all_values_are_missing", "any_value_is_missing", "never")
]
ON_TABLES: dict[str, list[dict[str, Any]]] = {
    "expect_column_pair_values_a_to_be_greater_than_b": [{**pair, "or_equal": True} for pair in PAIRS],
    "expect_column_pair_values_to_be_equal": PAIRS,
    "expect_column_pair_values_to_be_in_set": [
        {**pair, "value_pairs_set": [["UA", "UA"], [0, 0]]} for pair in PAIRS
    ],
    "expect_compound_columns_to_be_unique": LISTS,
    "expect_multicolumn_sum_to_equal": [{**columns, "sum_total": 10} for columns in LISTS],
    "expect_multicolumn_values_to_be_equal": LISTS,
    "expect_select_column_values_to_be_unique_within_record": LISTS,
    "expect_table_column_count_to_be_between": [{"min_value": 3}, {"max_value": 3}],
    "expect_table_column_count_to_equal": [{"value": len(COLUMNS)}],
    "expect_table_columns_to_match_ordered_list": [
        {"column_list": list(COLUMNS)},
        {"column_list": ["key", "count"]},
    ],
    "expect_table_columns_to_match_set": [
        {"column_set": ["key", "else"]},
        {"column_set": ["key"], "exact_match": False},
    ],
    "expect_table_row_count_to_be_between": [{"min_value": 1, "max_value": 39}, {"min_value": 40}],
    "expect_table_row_count_to_equal": [{"value": ROWS}],
}
# These ask a database; on a data frame they raise, here as there.
OF_DATABASES = {
    "expect_query_results_to_match_comparison",
    "expect_table_row_count_to_equal_other_table",
    "unexpected_rows_expectation",
}
CONDITIONS = [
    {"row_condition": 'code == "UA" and count > 3', "condition_parser": "pandas"},
    {"row_condition": "`almost empty`.isnull()", "condition_parser": "pandas"},
    {"row_condition": "index > 30", "condition_parser": "pandas"},
    {"row_condition": "nowhere > 30", "condition_parser": "pandas"},
    {"row_condition": {"type": "comparison", "column": {"name": "key"}, "operator": ">", "parameter": 12}},
    {"row_condition": {"type": "nullity", "column": {"name": "no number"}, "is_null": True}},
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> FileTable:
    """Every kind of column, in two files: what is in one alone has its nulls in the other."""
    folder = tmp_path_factory.mktemp("kinds")
    whole = pa.table(COLUMNS)
    pq.write_table(whole.slice(0, 25), folder / "1.parquet", row_group_size=9)
    pq.write_table(whole.slice(25), folder / "2.parquet")
    return open_table(folder)


@pytest.fixture(scope="module")
def frame(table: FileTable) -> pd.DataFrame:
    return table.read()


def build_expectations(kind: str, variants: list[dict[str, Any]]) -> list[Any]:
    implementation = registry.get_expectation_impl(kind)
    return [implementation(**kwargs, meta={"position": at}) for at, kwargs in enumerate(variants)]


def plainly(expectations: list[Any], frame: pd.DataFrame, result_format: str = "BASIC") -> dict[int, Any]:
    """Validate as Great Expectations' documentation shows it."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    outcome = context.data_sources.pandas_default.read_dataframe(frame).validate(
        gx.ExpectationSuite(name="plain", expectations=expectations),
        result_format={"result_format": result_format, "partial_unexpected_count": EXAMPLES},
    )
    return {result.expectation_config.meta["position"]: result for result in outcome.results}


def told(results: Mapping[int, Any]) -> dict[int, Any]:
    """Return all that results say, to be compared; of an exception its message, of a number 12 digits."""
    return {
        at: {
            "success": bool(result.success),
            "found": same(dict(result.result)),
            "raised": raised(result.exception_info),
        }
        for at, result in sorted(results.items())
    }


def same(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): same(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(repr(same(item)) for item in value)
    if isinstance(value, (list, tuple, np.ndarray)):
        return [same(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return f"{type(value).__name__} {value:.12g}"
    return f"{type(value).__name__} {value}"


def raised(info: Mapping[str, Any]) -> set[str]:
    records = [info] if "raised_exception" in info else info.values()
    messages = [str(record["exception_message"]) for record in records if record["raised_exception"]]
    return {message.replace(ColumnEngine.__name__, "PandasExecutionEngine") for message in messages}


@pytest.mark.parametrize("kind", [*ON_COLUMNS])
@pytest.mark.parametrize(
    "columns", [USUAL, pytest.param([*COLUMNS, "missing"], marks=pytest.mark.slow)], ids=["usual", "every"]
)
def test_expectation_on_a_column_finds_what_it_finds_on_the_frame(kind, columns, table, frame):
    variants = [{"column": name, **kwargs} for name in columns for kwargs in ON_COLUMNS[kind]]

    assert told(validate(build_expectations(kind, variants), table)) == told(
        plainly(build_expectations(kind, variants), frame)
    )


@pytest.mark.parametrize("kind", [*ON_TABLES])
def test_expectation_on_columns_or_the_table_finds_what_it_finds_on_the_frame(kind, table, frame):
    variants = ON_TABLES[kind]

    assert told(validate(build_expectations(kind, variants), table)) == told(
        plainly(build_expectations(kind, variants), frame)
    )


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: str(condition["row_condition"]))
def test_row_condition_on_other_columns_finds_what_it_finds_on_the_frame(condition, table, frame):
    for kind, kwargs in (
        ("expect_column_values_to_be_between", {"column": "fraction_holed", "min_value": 1}),
        ("expect_column_mean_to_be_between", {"column": "count_holed", "min_value": 1}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["code", "count"]}),
    ):
        given = [{**kwargs, **condition}]

        assert told(validate(build_expectations(kind, given), table)) == told(
            plainly(build_expectations(kind, given), frame)
        ), kind


def test_complete_results_name_the_rows_as_the_frame_does(table, frame):
    for kind, variants in (
        (
            "expect_column_values_to_be_between",
            [{"column": "time_holed", "min_value": "2013-01-05T00:00:00"}],
        ),
        ("expect_column_values_to_be_in_set", [{"column": "code_holed", "value_set": ["UA"]}]),
        ("expect_column_pair_values_to_be_equal", PAIRS),
        ("expect_compound_columns_to_be_unique", LISTS),
    ):
        ours = validate(build_expectations(kind, variants), table, result_format="COMPLETE")

        assert told(ours) == told(plainly(build_expectations(kind, variants), frame, "COMPLETE")), kind


def test_every_expectation_is_compared_with_its_result_on_the_frame():
    known = {
        name
        for name in registry.list_registered_expectation_implementations()
        if registry.get_expectation_impl(name).__module__.startswith("great_expectations.")
    }

    assert known == {*ON_COLUMNS, *ON_TABLES, *OF_DATABASES}


def test_types_are_those_of_the_columns_when_they_are_read(table, frame):
    assert {name: str(kind) for name, kind in table.dtypes().items()} == {
        name: str(kind) for name, kind in frame.dtypes.items()
    }


def test_only_the_columns_that_are_checked_are_read_one_at_a_time(table, monkeypatch):
    asked = []
    read = FileTable.read
    monkeypatch.setattr(
        FileTable, "read", lambda self, columns=None: asked.append(columns) or read(self, columns)
    )
    checks = [
        ("expect_table_row_count_to_be_between", {"min_value": 1}),
        ("expect_column_values_to_be_between", {"column": "fraction", "min_value": 100}),
        ("expect_column_values_to_not_be_null", {"column": "code"}),
        ("expect_table_columns_to_match_set", {"column_set": ["key"]}),
        ("expect_column_mean_to_be_between", {"column": "fraction", "min_value": 1}),
        ("expect_column_pair_values_to_be_equal", {"column_A": "count", "column_B": "key"}),
    ]
    expectations = [
        registry.get_expectation_impl(kind)(**kwargs, meta={"position": at})
        for at, (kind, kwargs) in enumerate(checks)
    ]

    assert sorted(validate(expectations, table)) == [*range(6)]
    assert sorted(asked) == [["code"], ["count", "key"], ["fraction"]]
