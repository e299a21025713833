"""The data gate: a table against an expectation suite.

Great Expectations takes seconds to import. What plain file checks can refuse is refused without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import closest
from trimtab.gates.plain import plain
from trimtab.gates.report import Check, GateReport, clear, judge, report_on_crash
from trimtab.gates.suite import Expectation, Suite, load_suite
from trimtab.gates.table import UnusableDataError, open_table

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 5
LOOKED_AT_FOR_EXAMPLES = LONGEST_LIST = 20
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")


def check_data(*, suite: Path, data: Path, out: Path) -> GateReport:
    """Check a table against an expectation suite, and leave a report.

    Args:
        suite: YAML or JSON file: ``name`` and ``expectations``, a list of ``type``, ``kwargs``, ``severity``
            and ``notes``.
        data: A Parquet file, or a folder of Parquet files with the same columns.
        out: Folder for ``report.json``, ``report.html`` and ``metrics.json``.

    Returns:
        The report, already written. Data that cannot be used gives a report too, never a pass.

    Raises:
        ConfigError: The suite cannot be used.
        GateError: The gate crashed, and has left a report that says so; or it cannot write one.
    """
    clear(out)
    wanted = load_suite(suite)
    blank = GateReport(
        gate="data", name=wanted.name, verdict="error", declared=len(wanted.expectations), out=out
    )
    with report_on_crash(blank):
        try:
            report = _evaluate(wanted, data, blank)
        except UnusableDataError as err:
            report = replace(blank, verdict=err.verdict, problem=str(err))
        report.write()
    return report


def _evaluate(wanted: Suite, data: Path, blank: GateReport) -> GateReport:
    table = open_table(data)
    expectations = wanted.build()
    frame = table.read()
    results = _validate(expectations, frame)
    checks = tuple(
        _check(entry, results[index], frame)
        for index, entry in enumerate(wanted.expectations)
        if index in results
    )
    missing = [str(number) for number in range(1, len(expectations) + 1) if number - 1 not in results]
    problem = f"No result for expectation {', '.join(missing)} of {blank.declared}" if missing else ""
    return replace(
        blank, verdict=judge(blank.declared, checks), checks=checks, rows=len(frame), problem=problem
    )


def _validate(expectations: list[Any], frame: pd.DataFrame) -> dict[int, Any]:
    """Run Great Expectations; return its results by the position of their expectation in the suite."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = context.data_sources.pandas_default.read_dataframe(frame)
    outcome = batch.validate(
        gx.ExpectationSuite(name="gate", expectations=expectations),
        result_format={"result_format": "BASIC", "partial_unexpected_count": LOOKED_AT_FOR_EXAMPLES},
    )
    return {result.expectation_config.meta["position"]: result for result in outcome.results}


def _check(entry: Expectation, result: Any, frame: pd.DataFrame) -> Check:
    found, columns = dict(result.result), _columns(entry.kwargs)
    raised, nothing_seen = _raised(result.exception_info or {}), _saw_nothing(found)
    details = [
        _absent(columns, frame) or (raised and f"it could not be evaluated: {raised}") or _mismatched(found),
        "every value is null, so nothing was checked" if nothing_seen else "",
    ]
    return Check(
        name=entry.type,
        passed=bool(result.success) and not raised and not nothing_seen,
        severity=entry.severity,
        column=", ".join(columns),
        expected=plain({key: value for key, value in entry.kwargs.items() if key not in COLUMN_ARGUMENTS}),
        observed=_observed(found.get("observed_value")),
        unexpected=plain(found.get("unexpected_count")),
        rows=plain(found.get("element_count")),
        examples=_examples(found.get("partial_unexpected_list") or []),
        detail="; ".join(filter(None, details)),
        notes=entry.notes if isinstance(entry.notes, str) else "\n".join(entry.notes),
    )


def _columns(arguments: Mapping[str, Any]) -> list[str]:
    values = [arguments[key] for key in COLUMN_ARGUMENTS if key in arguments]
    return [str(name) for value in values for name in (value if isinstance(value, list) else [value])]


def _saw_nothing(found: Mapping[str, Any]) -> bool:
    """Whether an expectation on values had none to look at: it then holds for any bounds."""
    return bool(found.get("element_count")) and found.get("missing_count") == found["element_count"]


def _absent(columns: list[str], frame: pd.DataFrame) -> str:
    absent = [name for name in columns if name not in frame.columns]
    return "; ".join(f"there is no column '{name}'{closest(name, frame.columns)}" for name in absent)


def _raised(info: Mapping[str, Any]) -> str:
    """Return what an expectation raised: Great Expectations gives one record, or one per metric."""
    one = "raised_exception" in info
    records = [info] if one else [record for record in info.values() if isinstance(record, Mapping)]
    raised = {str(record.get("exception_message")) for record in records if record.get("raised_exception")}
    return "; ".join(sorted(raised))


def _mismatched(found: Mapping[str, Any]) -> str:
    """Return the columns that a table lacks or has too many, where the expectation tells."""
    kinds = (found.get("details") or {}).get("mismatched")
    if not isinstance(kinds, Mapping):
        return ""
    return "; ".join(f"{kind}: {', '.join(map(str, names))}" for kind, names in sorted(kinds.items()))


def _observed(value: Any) -> Any:
    """Return the value found; of a long list, such as a column's distinct values, the beginning."""
    value = plain(value)
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        return [*value[:LONGEST_LIST], f"… and {len(value) - LONGEST_LIST} more"]
    return value


def _examples(values: list[Any]) -> tuple[Any, ...]:
    seen = [value for value in map(plain, values) if value not in (None, "nan", "NaT", "<NA>")]
    return tuple({str(value): value for value in seen}.values())[:EXAMPLES]
