"""The data gate: a table against an expectation suite.

Great Expectations takes seconds to import. What plain file checks can refuse is refused without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trimtab.errors import closest
from trimtab.gates.importing import import_great_expectations
from trimtab.gates.plain import plain
from trimtab.gates.report import Check, GateReport, clear, judge, report_on_crash
from trimtab.gates.suite import Expectation, Suite, load_suite
from trimtab.gates.table import UnusableDataError, open_table

EXAMPLES = 5
LONGEST_LIST = 20
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
    import_great_expectations()
    from trimtab.gates.engine import validate

    expectations = wanted.build()
    results = validate(expectations, table)
    columns = list(table.dtypes())
    for name in set(columns).difference(*(_columns(entry.kwargs) for entry in wanted.expectations)):
        table.read([name])  # what is damaged is found, though nobody checks it
    checks = tuple(
        _check(entry, results[index], columns)
        for index, entry in enumerate(wanted.expectations)
        if index in results
    )
    missing = [str(number) for number in range(1, len(expectations) + 1) if number - 1 not in results]
    problem = f"No result for expectation {', '.join(missing)} of {blank.declared}" if missing else ""
    return replace(
        blank, verdict=judge(blank.declared, checks), checks=checks, rows=table.rows, problem=problem
    )


def _check(entry: Expectation, result: Any, present: Sequence[str]) -> Check:
    found, columns = dict(result.result), _columns(entry.kwargs)
    raised, nothing_seen = _raised(result.exception_info or {}), _saw_nothing(found)
    details = [
        _absent(columns, present)
        or (raised and f"it could not be evaluated: {raised}")
        or _mismatched(found),
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


def _absent(columns: list[str], present: Sequence[str]) -> str:
    absent = [name for name in columns if name not in present]
    return "; ".join(f"there is no column '{name}'{closest(name, present)}" for name in absent)


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
