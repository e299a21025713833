"""Expectations on whole tables and columns: volume, freshness, completeness in time, and the schema."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from statistics import median
from typing import Any, ClassVar

import pandas as pd

from trimtab.gates.data.gx_compat import (
    BatchExpectation,
    ColumnAggregateExpectation,
    ExpectationResult,
    MetricValues,
    pydantic,
)
from trimtab.params_file import load_yaml
from trimtab.tables import stem


class ExpectFileRowCountsToBeNearPrevious(BatchExpectation):
    """Expect each file of a folder to have about as many rows as the files before it, in order of names.

    Args:
        min_ratio: Minimum of the rows, as a multiple of the median of the previous files.
        max_ratio: Maximum of the rows, likewise.
        previous: How many previous files are compared. The first file has none.
    """

    min_ratio: float = pydantic.Field(default=0.5, ge=0)
    max_ratio: float = pydantic.Field(default=2.0, gt=0)
    previous: int = pydantic.Field(default=3, ge=1)
    table_files: dict[str, int]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("min_ratio", "max_ratio", "previous", "table_files")

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        counts = list(self.table_files.items())
        usual = [
            (name, rows, median(before for _, before in counts[max(0, at - self.previous) : at]))
            for at, (name, rows) in enumerate(counts)
            if at
        ]
        wrong = {
            name: round(rows / before, 4)
            for name, rows, before in usual
            if not self.min_ratio <= rows / before <= self.max_ratio
        }
        nothing = "nothing to compare with: there is one file"
        return {
            "success": not wrong,
            "result": {"observed_value": wrong or (nothing if not usual else "near")},
        }


class ExpectColumnMaxToBeFresh(ColumnAggregateExpectation):
    """Expect the newest time of a column, ISO text or timestamp, to be no older than some days.

    Args:
        max_age_days: Maximum of the days between the newest time and ``as_of``.
        as_of: An ISO date, or a param such as ``params.yaml:ingest.until``. By default it is the end of the
            period that the newest file is named after. The clock is not read, so the result is reproducible.
    """

    max_age_days: float = pydantic.Field(ge=0)
    as_of: str | None = None
    table_files: dict[str, int]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.max",)
    success_keys: ClassVar[tuple[str, ...]] = ("max_age_days", "as_of", "table_files")

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        newest = pd.to_datetime(metrics["column.max"], utc=True).tz_localize(None)
        age = (self._now() - newest) / pd.Timedelta(days=1)
        observed = {"newest": newest.isoformat(), "age_days": round(age, 3)}
        return {"success": bool(age <= self.max_age_days), "result": {"observed_value": observed}}

    def _now(self) -> pd.Timestamp:
        if self.as_of is None:
            return pd.Period(stem(PurePosixPath(list(self.table_files)[-1]))).end_time
        file, _, key = self.as_of.partition(":")
        if not key or not file.endswith((".yaml", ".yml")):
            return pd.Timestamp(self.as_of)
        value: Any = load_yaml(Path(file))  # the file may hold anything at the key
        for part in key.split("."):
            value = value[part]
        return pd.Timestamp(value)


class ExpectColumnGapsToBeLessThan(ColumnAggregateExpectation):
    """Expect no long gap between the times of a column: no day is missing.

    Args:
        max_hours: Maximum of the hours between two neighbouring times.
    """

    max_hours: float = pydantic.Field(gt=0)

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.distinct_values",)
    success_keys: ClassVar[tuple[str, ...]] = ("max_hours",)

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        times = pd.to_datetime(pd.Series(list(metrics["column.distinct_values"])), utc=True, format="ISO8601")
        times = times.sort_values(ignore_index=True)
        hours = times.diff().dt.total_seconds().div(3600)
        longest = 0.0 if len(times) < 2 else float(hours.max())
        observed: dict[str, float | str] = {"longest_hours": round(longest, 3)}
        if longest > self.max_hours:
            observed["after"] = times[int(hours.argmax()) - 1].isoformat()
        return {"success": longest <= self.max_hours, "result": {"observed_value": observed}}


class ExpectTableColumnsToMatchContract(BatchExpectation):
    """Expect the columns and types of a contract, in any order.

    Types are those of the file, in Arrow's names (``int64``, ``double``, ``string``, ``timestamp[us]``),
    because the types of pandas change with nulls and with its version.

    Args:
        columns: Type by column name; a list if several types are accepted.
        contract: Instead of ``columns``, a YAML file with the key ``columns``, as a path from the project's
            root. It is a dependency of the stage.
    """

    columns: dict[str, str | list[str]] | None = None
    contract: str | None = None
    table_schema: dict[str, str]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("columns", "contract", "table_schema")

    @pydantic.root_validator(skip_on_failure=True)
    def _names_one(cls, values: dict[str, object]) -> dict[str, object]:
        if bool(values["columns"]) == bool(values["contract"]):
            raise ValueError("give either columns or contract")
        return values

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        wanted = self.columns or load_yaml(Path(str(self.contract)))["columns"]
        types = {name: [kind] if isinstance(kind, str) else kind for name, kind in wanted.items()}
        found = self.table_schema
        mismatched = {
            "missing": [name for name in types if name not in found],
            "unexpected": [name for name in found if name not in types],
            "of another type": [
                f"{name} is {found[name]}, not {' or '.join(kinds)}"
                for name, kinds in types.items()
                if name in found and found[name] not in kinds
            ],
        }
        broken = {kind: names for kind, names in mismatched.items() if names}
        return {"success": not broken, "result": {"details": {"mismatched": broken}}}
