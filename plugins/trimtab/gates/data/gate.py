"""The data gate: it validates a table against an expectation suite and writes the report.

Great Expectations takes seconds to import. Errors that need no expectation are reported before its import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import closest
from trimtab.gate_report import (
    DATA_DOCS,
    PASSING,
    GateReport,
    Quarantine,
    clear_report_folder,
    verdict_of,
    write_report,
    write_report_on_crash,
)
from trimtab.gates.data.data_docs import refuse_sensitive, write_data_docs
from trimtab.gates.data.quarantine import SplitFolders, reasons_by_row, split_folders
from trimtab.gates.data.result_conversion import columns_of
from trimtab.gates.data.suite import Suite, load_suite
from trimtab.tables import FileTable, GateInputError, TableContent, inspect_table, open_data

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SHOWN = 10


def check_data(
    *,
    suite: Path,
    data: Path | pd.DataFrame,
    out: Path,
    quarantine: Path | None = None,
    passed: Path | None = None,
    data_docs: bool = False,
) -> GateReport:
    """Validate a table against an expectation suite, and write a report.

    Args:
        suite: YAML or JSON file, see ``docs/gates.md``.
        data: A Parquet or CSV file, a folder of such files with the same columns, or a data frame.
        out: Folder for ``report.json``, ``report.html`` and ``metrics.json``.
        quarantine: Folder for the quarantined rows, for a suite with ``on_failure: quarantine``.
        passed: Output for the other rows, for such a suite: a folder, or ``….parquet`` for one file or a data
            frame.
        data_docs: Whether to write Great Expectations' Data Docs as well.

    Returns:
        The report, already written. If the data cannot be used, the verdict is ``fail`` or ``error``.

    Raises:
        ConfigError: The suite cannot be used, or does not fit the outputs.
        GateError: The gate crashed and has written a report of the crash, or it cannot write one.
    """
    clear_report_folder(out)
    wanted = load_suite(suite)
    parts = split_folders(wanted, data, quarantine, passed)
    if data_docs:
        refuse_sensitive(wanted)
    if parts:
        parts.clear()
    return run_suite(wanted, partial(open_data, data), out, parts, data_docs=data_docs)


def run_suite(
    suite: Suite,
    opened: Callable[[], FileTable],
    out: Path,
    parts: SplitFolders | None = None,
    *,
    data_docs: bool = False,
) -> GateReport:
    """Run a suite on a table, and write the report.

    Args:
        suite: The suite.
        opened: Opens the table.
        out: Folder for the report.
        parts: Outputs of the split table, for a suite with a quarantine.
        data_docs: Whether to write Great Expectations' Data Docs as well.

    Returns:
        The report, already written.

    Raises:
        ConfigError: The suite has an expectation or argument that Great Expectations does not know.
        GateError: The gate crashed and has written a report of the crash, or it cannot write one.
    """
    blank = GateReport(
        gate="data", name=suite.name, verdict="error", declared=len(suite.expectations), out=out
    )
    with write_report_on_crash(blank, hide_values=bool(suite.sensitive)):
        try:
            report = _check(suite, opened(), blank, parts, data_docs=data_docs)
        except GateInputError as err:
            report = replace(blank, verdict=err.verdict, problem=_text_of(err, suite))
        write_report(report)
    return report


def _text_of(err: GateInputError, suite: Suite) -> str:
    """Return the text of an error without values of sensitive columns, which Arrow and folder names quote."""
    told = err.what.partition(": ")[0] if suite.sensitive and err.__cause__ else str(err)
    keys = [name for name in suite.sensitive if f"{name}=" in told]
    return (
        f"Its reason is withheld: it names folders of {', '.join(keys)}, a sensitive column" if keys else told
    )


def _check(
    suite: Suite, table: FileTable, blank: GateReport, parts: SplitFolders | None, *, data_docs: bool
) -> GateReport:
    from trimtab.gates.data.evaluation import evaluate

    content = inspect_table(table)
    _require_sensitive_columns(suite, content)
    found = evaluate(suite, content)
    if data_docs:
        write_data_docs(suite, found.results, blank.out)
        blank = replace(blank, data_docs=DATA_DOCS)
    for name in set(content.schema).difference(*(columns_of(entry.kwargs) for entry in suite.expectations)):
        table.read([name])  # finds damage in columns that no expectation names
    missing = [str(at + 1) for at in range(blank.declared) if at not in found.checks]
    report = replace(
        blank,
        checks=tuple(found.checks.values()),
        verdict=verdict_of(found.checks.values(), declared=blank.declared),
        rows=table.rows,
        problem=f"No result for expectation {', '.join(missing)} of {blank.declared}" if missing else "",
    )
    if parts is None or report.verdict == "error":
        return report
    reasons = reasons_by_row(suite, found.broken) if report.verdict == "fail" else {}
    return _split_table(suite, content, report, parts, reasons)


def _split_table(
    suite: Suite,
    content: TableContent,
    report: GateReport,
    parts: SplitFolders,
    reasons: Mapping[int, list[str]],
) -> GateReport:
    """Split the table if the rest then passes; otherwise write neither part."""
    import numpy as np

    broken = np.zeros(content.table.rows, dtype=bool)
    broken[list(reasons)] = True
    most = suite.max_quarantined or 0.0
    divided = Quarantine(rows=len(reasons), passed=len(broken) - len(reasons), max_share=most)
    if report.verdict != "fail":
        parts.write(content, broken, reasons)
        return replace(report, quarantine=divided)
    refused = _reason_not_to_split(content, broken, most)
    if not refused:
        try:
            refused = _failures_of_rest(suite, parts.write(content, broken, reasons))
        except BaseException:
            parts.clear()
            raise
    if refused:
        parts.clear()
        return replace(report, problem=f"No row was quarantined: {refused}")
    problem = f"Quarantined: {divided.headline()}. The rest passed."
    return replace(report, verdict="warn", problem=problem, quarantine=divided)


def _reason_not_to_split(content: TableContent, broken: np.ndarray, most: float) -> str:
    if not broken.any():
        return "no critical expectation on rows failed"
    if broken.mean() > most:
        return f"{broken.sum():,} rows, {broken.mean():.2%}, are more than max_quarantined, {most:.2%}"
    lost = [name for name, span in content.spans() if broken[span].all()]
    return f"no row would be left of {', '.join(lost)}" if lost else ""


def _failures_of_rest(suite: Suite, rest: FileTable) -> str:
    """Run the whole suite on the rest; return the critical expectations that fail, or nothing."""
    from trimtab.gates.data.evaluation import evaluate

    checks = tuple(evaluate(suite, inspect_table(rest)).checks.values())
    if verdict_of(checks, declared=len(suite.expectations)) in PASSING:
        return ""
    broken = [check for check in checks if not check.passed and check.severity == "critical"]
    named = [f"{check.name} of {check.column or 'the table'}" for check in broken[:SHOWN]]
    return f"without the rows that break it, the rest still fails {'; '.join(named)}"


def _require_sensitive_columns(suite: Suite, content: TableContent) -> None:
    absent = [
        f"'{name}'{closest(name, content.schema)}" for name in suite.sensitive if name not in content.schema
    ]
    if absent:
        raise GateInputError(
            "fail",
            f"The data lack the sensitive column {', '.join(absent)}",
            where=str(suite.path),
            fix="name the columns as the data do: under another name their values would be shown",
        )
    shown = [name for name in suite.sensitive if name in content.table.keys]
    if shown:
        raise GateInputError(
            "fail",
            f"Folders are named after the values of the sensitive column {', '.join(shown)}",
            where=str(suite.path),
            fix="partition the data by another column: reports name files",
        )
