"""Great Expectations on a table that is never in memory as a whole.

What an expectation means and how it is computed is left to Great Expectations: its own metrics run, on the
columns they are about. So every expectation works, custom ones and row conditions included, and gives what it
gives on the whole data frame. Only the reading and the release of columns differ.

Great Expectations takes seconds to import: import this module where a gate evaluates, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
import pandas as pd

from trimtab.gates.data.gx_compat import (
    ColumnTypes,
    ColumnValuesBetween,
    Expectation,
    ExpectationValidationResult,
    MetricArgument,
    MetricDomain,
    PandasBatchData,
    PandasExecutionEngine,
    PassThroughCondition,
    TableRowCount,
    column_condition_partial,
    deserialize_row_condition,
    forget_batch_data,
    forget_metrics,
    make_validator,
    metric_value,
    pandas_implementation,
)

EXAMPLES = 20  # unexpected values of each expectation, in the order of the rows
ONE_COLUMN = ("column", "column_A", "column_B")
IN_MEMORY = "columns_in_memory"


class Columns(Protocol):
    """A table that reads its columns on demand."""

    @property
    def rows(self) -> int:
        """How many rows it has."""

    def dtypes(self) -> Mapping[str, object]:
        """Return the type that pandas gives each column, in the table's order."""

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read some columns, or all, in the table's order, with the rows numbered from 0."""


def validate(
    expectations: Iterable[Expectation], table: Columns, *, result_format: str = "BASIC"
) -> dict[int, ExpectationValidationResult]:
    """Evaluate expectations on a table.

    They are evaluated one after the other, those about the same column together, so that no more than one of
    them has its columns and intermediate results in memory.

    Args:
        expectations: Great Expectations' objects, each with its ``position`` in the suite in ``meta``.
        table: The table.
        result_format: Great Expectations' result format.

    Returns:
        Great Expectations' results, by position.

    Raises:
        Exception: A column could not be read. This is not a result of an expectation.
    """
    engine = ColumnEngine(table)
    validator = make_validator(engine)
    wanted = {"result_format": result_format, "partial_unexpected_count": EXAMPLES}
    # This also fills in suite parameters, and brings those about the same column together.
    by_column = validator.process_expectations_for_validation([one.configuration for one in expectations])
    results = {}
    for configuration in by_column:
        (result,) = validator.graph_validate([configuration], {"result_format": wanted})
        if engine.unreadable:  # to Great Expectations it is one more reason to fail
            raise engine.unreadable
        results[configuration.meta["position"]] = result
        forget_metrics(engine)
    return results


class ColumnEngine(PandasExecutionEngine):
    """Great Expectations' engine for pandas, with only the columns of the current metric in memory.

    Args:
        table: The table that the columns are read from.

    Attributes:
        unreadable: The exception, if a column could not be read.
    """

    def __init__(self, table: Columns) -> None:
        super().__init__()
        self.table = table
        self.unreadable: Exception | None = None
        self._types: Mapping[str, object] = table.dtypes()
        self._frame: pd.DataFrame | None = None

    def column_types(self) -> list[dict[str, object]]:
        """Return the columns' names and types as Great Expectations has them."""
        return [{"name": name, "type": kind} for name, kind in self._types.items()]

    def get_domain_records(self, domain_kwargs: MetricDomain) -> pd.DataFrame:
        """Return the rows that a metric is about, with the columns it is about.

        A metric about the table itself, and no column of it, sees every column.
        """
        wanted = self._columns_of(domain_kwargs)
        if self._frame is None or not set(wanted) <= set(self._frame.columns):
            self._load(wanted)
        records: pd.DataFrame = super().get_domain_records(domain_kwargs)
        return records

    def _load(self, columns: list[str]) -> None:
        self._frame = None  # the columns before go before the next ones come
        forget_batch_data(self)
        try:
            self._frame = self.table.read(columns)
        except Exception as err:
            self.unreadable = err
            raise
        self.load_batch_data("table", PandasBatchData(self, self._frame))

    def get_compute_domain(
        self, domain_kwargs: MetricDomain, domain_type: object, accessor_keys: Iterable[str] | None = None
    ) -> tuple[pd.DataFrame, MetricDomain, MetricDomain]:
        """Return the same, the domain for a later call without the columns' names, and those names."""
        data, compute, accessor = super().get_compute_domain(domain_kwargs, domain_type, accessor_keys)
        return data, {**compute, IN_MEMORY: list(data.columns)} if accessor else compute, accessor

    def _columns_of(self, domain_kwargs: MetricDomain) -> list[str]:
        if IN_MEMORY in domain_kwargs:
            return list(domain_kwargs[IN_MEMORY])
        named = {domain_kwargs[key] for key in ONE_COLUMN if key in domain_kwargs}
        named |= set(domain_kwargs.get("column_list") or [])
        condition = domain_kwargs.get("row_condition")
        if not named and not condition:
            return list(self._types)
        text = self._text(condition) if condition else ""
        found = [name for name in self._types if name in named or str(name) in text]
        return found or list(self._types)[:1]  # a condition on the row's number alone has rows, too

    def _text(self, condition: object) -> str:
        """Return a row condition as the expression it becomes: every column it reads is named in there."""
        condition = deserialize_row_condition(condition)
        if isinstance(condition, str):
            return condition
        if isinstance(condition, PassThroughCondition):
            return str(condition.pass_through_filter)
        return str(self.condition_to_filter_clause(condition))


class RowCount(TableRowCount):
    """The number of rows, without reading any."""

    @metric_value(engine=ColumnEngine)
    def _columns(cls, **given: MetricArgument) -> int:
        if given["metric_domain_kwargs"].get("row_condition"):
            return int(_count_rows(cls, **given))
        return int(given["execution_engine"].table.rows)


class TypeOfEachColumn(ColumnTypes):
    """The columns and their types, without reading any."""

    @metric_value(engine=ColumnEngine)
    def _columns(cls, **given: MetricArgument) -> list[dict[str, object]]:
        if given["metric_domain_kwargs"].get("row_condition"):
            _list_columns(cls, **given)  # a condition that cannot be evaluated is found here
        return list(given["execution_engine"].column_types())


class Between(ColumnValuesBetween):
    """Great Expectations' own comparison, on times as it compares them fast.

    It compares whole columns of nanoseconds, and other units value by value; pandas 3 reads microseconds.
    """

    @column_condition_partial(engine=ColumnEngine)
    def _columns(cls, column: pd.Series, **arguments: MetricArgument) -> pd.Series:
        bounds = [arguments.get("min_value"), arguments.get("max_value")]
        if all(bound is None or (isinstance(bound, datetime) and not bound.tzinfo) for bound in bounds):
            column = _in_nanoseconds(column)
        held: pd.Series = _compare(cls, column, **arguments)
        return held


_count_rows = pandas_implementation(TableRowCount)
_list_columns = pandas_implementation(ColumnTypes)
_compare = pandas_implementation(ColumnValuesBetween)


def _in_nanoseconds(column: pd.Series) -> pd.Series:
    """Return times without a zone in that unit, and anything else as it is."""
    if column.empty or not isinstance(column.dtype, np.dtype) or column.dtype.kind != "M":
        return column
    try:
        finer: pd.Series = column.dt.as_unit("ns")
    except pd.errors.OutOfBoundsDatetime:  # before 1677 or after 2262
        return column
    return finer
