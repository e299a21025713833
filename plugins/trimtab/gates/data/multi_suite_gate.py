"""Runs several suites on one table, which is opened once: a report of each suite, and one of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.gate_report import GateReport, clear_report_folder, worst, write_report, write_report_on_crash
from trimtab.gates.data.data_docs import refuse_sensitive
from trimtab.gates.data.gate import run_suite
from trimtab.gates.data.quarantine import split_folders
from trimtab.gates.data.suite import Suite, load_suite
from trimtab.tables import FileTable, GateInputError, inspect_table, open_data

if TYPE_CHECKING:
    import pandas as pd


def check_suites(
    *, suites: Sequence[Path], data: Path | pd.DataFrame, out: Path, data_docs: bool = False
) -> GateReport:
    """Validate one table against several suites; a column that is sensitive in one is sensitive in all.

    Args:
        suites: YAML or JSON files, no two of the same name, none with a quarantine.
        data: A Parquet or CSV file, a folder of such files with the same columns, or a data frame.
        out: Folder for the report of all suites. The report of each suite goes to a subfolder, named like its
            file.
        data_docs: Whether to write Great Expectations' Data Docs beside the report of each suite.

    Returns:
        The report of all suites, already written: all their checks, and the worst verdict.

    Raises:
        ConfigError: A suite cannot be used, or two have the same name.
        GateError: The gate crashed and has written a report of the crash, or it cannot write one.
    """
    folders = [out / path.stem for path in suites]
    for folder in (out, *folders):
        clear_report_folder(folder)
    doubled = [folder.name for folder, times in Counter(folders).items() if times > 1]
    if doubled:
        raise ConfigError(
            f"Several suites are called {', '.join(doubled)}",
            where=", ".join(map(str, suites)),
            fix="give their files different names: their reports are named after them",
        )
    loaded = [load_suite(path) for path in suites]
    for suite in loaded:
        split_folders(suite, data, None, None)
        if data_docs:
            refuse_sensitive(suite)
    sensitive = tuple(dict.fromkeys(name for suite in loaded for name in suite.sensitive))
    loaded = [replace(suite, sensitive=sensitive) for suite in loaded]
    opened = cache(partial(open_data, data))
    blank = GateReport(
        gate="data",
        name=", ".join(suite.name for suite in loaded),
        verdict="error",
        declared=sum(len(suite.expectations) for suite in loaded),
        out=out,
    )
    with write_report_on_crash(blank, hide_values=bool(sensitive)):
        _refuse_unknown(loaded, opened)
        reports = [
            run_suite(suite, opened, folder, data_docs=data_docs)
            for suite, folder in zip(loaded, folders, strict=True)
        ]
        whole = _merge_reports(reports, blank)
        write_report(whole)
    return whole


def _refuse_unknown(suites: Sequence[Suite], opened: Callable[[], FileTable]) -> None:
    """Refuse unknown expectations and arguments in every suite before a row is read."""
    from trimtab.gates.data.expectation_builder import build_expectations
    from trimtab.gates.data.lazy_import import import_great_expectations

    try:
        facts = inspect_table(opened()).facts()
    except GateInputError:
        return  # the report of each suite says why
    import_great_expectations()
    for suite in suites:
        build_expectations(suite, facts)


def _merge_reports(reports: Sequence[GateReport], blank: GateReport) -> GateReport:
    problems = [f"{report.name}: {report.problem}" for report in reports if report.problem]
    return replace(
        blank,
        verdict=worst(report.verdict for report in reports),
        checks=tuple(check for report in reports for check in report.checks),
        rows=reports[0].rows,
        problem="\n".join(problems),
    )
