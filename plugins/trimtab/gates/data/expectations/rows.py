"""Expectations on rows: unexpected rows can be counted, shown and quarantined."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from trimtab.gates.data.gx_compat import (
    ColumnMapExpectation,
    ColumnMapMetricProvider,
    MulticolumnMapExpectation,
    MulticolumnMapMetricProvider,
    PandasExecutionEngine,
    column_condition_partial,
    multicolumn_condition_partial,
)
from trimtab.tables import open_table, stem


class RowsSatisfyCondition(MulticolumnMapMetricProvider):
    """Whether a row satisfies a condition in pandas' expression language."""

    condition_metric_name = "rows.satisfy_condition"
    condition_value_keys = ("condition",)

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, condition: str, **kwargs: object) -> pd.Series:
        return _eval(column_list, condition)


class ExpectRowsToSatisfyCondition(MulticolumnMapExpectation):
    """Expect every row to satisfy a condition, such as ``hour == minute_of_day // 60``.

    Args:
        column_list: The columns of the condition; it cannot read others.
        condition: An expression of ``pandas.DataFrame.eval``.
        ignore_row_if: Rows with nulls to ignore; by default, those in which any of the columns is null.
    """

    condition: str
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "any_value_is_missing"

    map_metric: ClassVar[str] = "rows.satisfy_condition"
    success_keys: ClassVar[tuple[str, ...]] = ("condition", "mostly")


class ColumnValuesSatisfyCondition(ColumnMapMetricProvider):
    """Whether a value satisfies a condition in pandas' expression language."""

    condition_metric_name = "column_values.satisfy_condition"
    condition_value_keys = ("condition",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, condition: str, **kwargs: object) -> pd.Series:
        return _eval(column.to_frame("value"), condition)


class ExpectColumnValuesToSatisfyCondition(ColumnMapExpectation):
    """Expect every value to satisfy a condition on one column, such as ``value.dt.minute == 0``.

    Args:
        condition: An expression of ``pandas.DataFrame.eval``, which calls the column ``value``.
    """

    condition: str

    map_metric: ClassVar[str] = "column_values.satisfy_condition"
    success_keys: ClassVar[tuple[str, ...]] = ("condition", "mostly")


class ColumnValuesInOtherTable(ColumnMapMetricProvider):
    """Whether a value exists in a column of another table."""

    condition_metric_name = "column_values.in_other_table"
    condition_value_keys = ("other_table", "other_column")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, other_table: str, other_column: str, **kwargs: object) -> pd.Series:
        return column.isin(_read(other_table, [other_column])[other_column].dropna().unique())


class ExpectColumnValuesToBeInOtherTable(ColumnMapExpectation):
    """Expect every value to exist in a column of another table: a foreign key.

    Args:
        other_table: Parquet or CSV, a file or a folder, from the project's root: a dependency of the stage.
        other_column: The column of the other table.
    """

    other_table: str
    other_column: str

    map_metric: ClassVar[str] = "column_values.in_other_table"
    success_keys: ClassVar[tuple[str, ...]] = ("other_table", "other_column", "mostly")


class CompoundColumnsNotInOtherTable(MulticolumnMapMetricProvider):
    """Whether a key is absent from another table."""

    condition_metric_name = "compound_columns.not_in_other_table"
    condition_value_keys = ("other_table",)

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, other_table: str, **kwargs: object) -> pd.Series:
        keys = list(column_list.columns)
        known = pd.MultiIndex.from_frame(_read(other_table, keys)[keys])
        return pd.Series(~pd.MultiIndex.from_frame(column_list).isin(known), index=column_list.index)


class ExpectCompoundColumnsToNotBeInOtherTable(MulticolumnMapExpectation):
    """Expect no key of this table to exist in another table, such as the months ingested before.

    Args:
        column_list: The columns of the key, with the same names in both tables.
        other_table: Parquet or CSV, a file or a folder, from the project's root: a dependency of the stage.
    """

    other_table: str

    map_metric: ClassVar[str] = "compound_columns.not_in_other_table"
    success_keys: ClassVar[tuple[str, ...]] = ("other_table", "mostly")


class ColumnValuesInPeriodOfFile(ColumnMapMetricProvider):
    """Whether a time is in the day, month or year that its file is named after."""

    condition_metric_name = "column_values.in_period_of_file"
    condition_value_keys = ("tolerance_hours", "table_files")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column: pd.Series, tolerance_hours: float, table_files: dict[str, int], **kwargs: object
    ) -> pd.Series:
        periods = [pd.Period(stem(PurePosixPath(name))) for name in table_files]
        margin = pd.Timedelta(hours=tolerance_hours)
        first = np.array([period.start_time - margin for period in periods], dtype="datetime64[ns]")
        last = np.array([period.end_time + margin for period in periods], dtype="datetime64[ns]")
        file = np.searchsorted(np.cumsum([*table_files.values()]), column.index, side="right")
        times = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601").dt.tz_localize(None)
        return (times >= first[file]) & (times <= last[file])


class ExpectColumnValuesToBeInPeriodOfFile(ColumnMapExpectation):
    """Expect every time, ISO text or timestamp, in the period of its file name: ``2024-05.parquet``.

    Args:
        tolerance_hours: Hours that a time may be outside of the period, such as for files that another time
            zone divides.
    """

    tolerance_hours: float = 0
    table_files: dict[str, int]

    map_metric: ClassVar[str] = "column_values.in_period_of_file"
    success_keys: ClassVar[tuple[str, ...]] = ("tolerance_hours", "table_files", "mostly")


def _eval(rows: pd.DataFrame, condition: str) -> pd.Series:
    held = rows.eval(condition)
    if not isinstance(held, pd.Series) or held.dtype != bool:
        raise ValueError("the condition does not give true or false for each row")
    return held


def _read(table: str, columns: list[str]) -> pd.DataFrame:
    return open_table(Path(table)).read(columns)[columns]
