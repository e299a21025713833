"""Evaluates a suite on a table: its checks, and the rows that fail them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trimtab.gate_report import Check
from trimtab.gates.data.expectation_builder import build_expectations
from trimtab.gates.data.lazy_import import import_great_expectations
from trimtab.gates.data.result_conversion import columns_of, convert_result, merge_file_checks
from trimtab.gates.data.suite import Suite
from trimtab.json_value import JsonValue
from trimtab.svg import plot_column
from trimtab.tables import TableContent
from trimtab.value_format import to_json_value

if TYPE_CHECKING:
    import numpy as np

    from trimtab.gates.data.gx_compat import Expectation, ExpectationValidationResult

SAMPLES = 5
SAMPLE_COLUMNS = 12
HIDDEN = "•••"
MOST_MARKS = 12  # in a plot
VALUE_CHECKS = tuple(f"expect_column_{name}_to_be_between" for name in ("mean", "median", "min", "max"))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of a suite on a table.

    Attributes:
        checks: Checks by the position of their expectation in the suite; without those that have no result.
        broken: Numbers of the unexpected rows, for each check on rows that failed.
        results: Great Expectations' results of each check: one, or one for each file.
    """

    checks: Mapping[int, Check]
    broken: Mapping[int, np.ndarray]
    results: Mapping[int, Sequence[ExpectationValidationResult]]

    def joined(self, other: Evaluation) -> Evaluation:
        """Return the union with the results of other expectations."""
        return Evaluation(
            {**self.checks, **other.checks},
            {**self.broken, **other.broken},
            {**self.results, **other.results},
        )


def evaluate(suite: Suite, content: TableContent) -> Evaluation:
    """Evaluate a suite: expectations on all files together first, then those on each file.

    Raises:
        ConfigError: The suite names a type or an argument that Great Expectations does not know.
    """
    import_great_expectations()
    expectations = build_expectations(suite, content.facts())
    apart = len(content.files) > 1
    together = [
        one for one in expectations if not (apart and suite.expectations[one.meta["position"]].each_file)
    ]
    found = _evaluate(suite, together, content)
    if len(together) < len(expectations):
        found = found.joined(_evaluate_each_file(suite, content))
    shown = {
        at: _with_rows(suite, at, check, found.broken.get(at), content)
        for at, check in sorted(found.checks.items())
    }
    return replace(found, checks=shown)


def _evaluate(suite: Suite, expectations: list[Expectation], content: TableContent) -> Evaluation:
    from trimtab.gates.data.execution_engine import validate

    results = validate(expectations, content.table)
    checks = {
        at: convert_result(
            suite.expectations[at], result, content, hidden=suite.hides(suite.expectations[at])
        )
        for at, result in results.items()
    }
    failed = [one for one in expectations if (at := one.meta["position"]) in checks and not checks[at].passed]
    return Evaluation(checks, broken_rows(failed, content), {at: [result] for at, result in results.items()})


def _evaluate_each_file(suite: Suite, content: TableContent) -> Evaluation:
    import numpy as np

    wanted = [at for at, entry in enumerate(suite.expectations) if entry.each_file]
    checks: dict[int, dict[str, Check]] = {at: {} for at in wanted}
    broken: dict[int, list[np.ndarray]] = {}
    results: dict[int, list[ExpectationValidationResult]] = {at: [] for at in wanted}
    for name, first, part in content.each_file():
        expectations = [
            one for one in build_expectations(suite, part.facts()) if one.meta["position"] in wanted
        ]
        found = _evaluate(suite, expectations, part)
        for at, check in found.checks.items():
            checks[at][name] = check
            results[at] += found.results[at]
        for at, numbers in found.broken.items():
            broken.setdefault(at, []).append(numbers + first)
    complete = {at: by_file for at, by_file in checks.items() if len(by_file) == len(content.files)}
    return Evaluation(
        {at: merge_file_checks(by_file) for at, by_file in complete.items()},
        {at: np.concatenate(parts) for at, parts in broken.items()},
        results,
    )


def broken_rows(expectations: Sequence[Expectation], content: TableContent) -> dict[int, np.ndarray]:
    """Return the numbers of the unexpected rows, by the position of the expectation in the suite.

    They come from Great Expectations' result format COMPLETE. It lists every row, so only failed expectations
    are evaluated with it.
    """
    import numpy as np

    from trimtab.gates.data.execution_engine import validate
    from trimtab.gates.data.gx_compat import (
        ColumnMapExpectation,
        ColumnPairMapExpectation,
        MulticolumnMapExpectation,
    )

    on_rows = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)
    asked = [one for one in expectations if isinstance(one, on_rows)]
    numbers = {
        at: result.result.get("unexpected_index_list")
        for at, result in validate(asked, content.table, result_format="COMPLETE").items()
    }
    return {at: np.asarray(rows, dtype=np.int64) for at, rows in numbers.items() if rows}


def _with_rows(suite: Suite, at: int, check: Check, rows: np.ndarray | None, content: TableContent) -> Check:
    """Add the files of its unexpected rows, a few of them, and a plot of its column to a failed check."""
    if check.passed:
        return check
    if rows is not None:
        check = replace(check, files=content.count_by_file(rows))
    if suite.hides(suite.expectations[at]):
        return check
    columns = [name for name in columns_of(suite.expectations[at].kwargs) if name in content.schema]
    if rows is not None:
        check = replace(check, samples=_samples(suite, columns, rows[:SAMPLES], content))
    if len(columns) == 1:
        marked = content.rows_of(check.files) if rows is None and check.files else rows
        plot = plot_column(
            content.column(columns[0]), marked, bounds=_bounds(check), observed=_observed(check)
        )
        check = replace(check, plot=plot)
    return check


def _bounds(check: Check) -> list[float]:
    """Return the bounds of a check on values, in the unit of the column."""
    if check.name != "expect_column_values_to_be_between" and not _is_a_value(check):
        return []
    return _numbers(check.expected.get(key) for key in ("min_value", "max_value"))


def _observed(check: Check) -> list[float]:
    """Return what a check on a value of the column has found: in the table, or in each file that failed."""
    if not _is_a_value(check):
        return []
    found = check.observed
    return _numbers(found.values() if isinstance(found, dict) else [found])[:MOST_MARKS]


def _is_a_value(check: Check) -> bool:
    """Whether the check is on a statistic that is itself a value of the column."""
    return check.name in VALUE_CHECKS


def _numbers(values: Iterable[JsonValue]) -> list[float]:
    return [
        float(value)
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    ]


def _samples(
    suite: Suite, first: list[str], rows: np.ndarray, content: TableContent
) -> tuple[dict[str, JsonValue], ...]:
    others = [name for name in content.schema if name not in first]
    columns = [*first, *others][: max(SAMPLE_COLUMNS, len(first))]
    values_of = {name: content.column(name).iloc[rows].tolist() for name in columns}
    samples: list[dict[str, JsonValue]] = []
    for at, row in enumerate(rows.tolist()):
        file, number = content.place(row)
        values = {name: column[at] for name, column in values_of.items()}
        shown: dict[str, JsonValue] = {
            name: HIDDEN if name in suite.sensitive else to_json_value(value)
            for name, value in values.items()
        }
        samples.append({"file": file, "row": number, "values": shown})
    return tuple(samples)
