"""The checks of a report as a matrix: a line for each column, and where it failed a number for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.gate_report.check import Check
from trimtab.gate_report.verdict import SEVERITIES, Severity

MOST_FILES = 12  # the files in which most checks failed
WHOLE = "the whole table"


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """The checks of a column.

    Attributes:
        column: The column, or several as the check names them; of the whole table, a text that says so.
        passed: How many checks passed.
        failed: How many failed.
        worst: The severity of the worst one that failed; None if all passed.
        cells: How many failed in each file of the matrix.
        first: Number of the first failed check in the report, from 1; None if all passed.
    """

    column: str
    passed: int
    failed: int
    worst: Severity | None
    cells: tuple[int, ...]
    first: int | None


@dataclass(frozen=True, slots=True)
class CheckMatrix:
    """The matrix.

    Attributes:
        files: The files of its columns.
        hidden: How many more files have failed checks.
        lines: Its lines, those with the worst failures first.
    """

    files: tuple[str, ...]
    hidden: int
    lines: tuple[MatrixLine, ...]


def build_matrix(checks: Sequence[Check], failures: Sequence[Check]) -> CheckMatrix:
    """Build the matrix.

    Args:
        checks: The checks of the report.
        failures: Those that failed, in the order of the report.
    """
    found = Counter(file for check in failures for file in check.files)
    files = tuple(sorted(file for file, _ in found.most_common(MOST_FILES)))
    by_column: dict[str, list[Check]] = {}
    for check in checks:
        by_column.setdefault(check.column, []).append(check)
    places: dict[str, int] = {}
    for place, check in enumerate(failures, start=1):
        places.setdefault(check.column, place)
    lines = [_line(column, of_column, files, places.get(column)) for column, of_column in by_column.items()]
    lines.sort(key=lambda line: SEVERITIES.index(line.worst) if line.worst else len(SEVERITIES))
    return CheckMatrix(files, len(found) - len(files), tuple(lines))


def _line(column: str, checks: Sequence[Check], files: Sequence[str], first: int | None) -> MatrixLine:
    failed = [check for check in checks if not check.passed]
    return MatrixLine(
        column=column or WHOLE,
        passed=len(checks) - len(failed),
        failed=len(failed),
        worst=min((check.severity for check in failed), key=SEVERITIES.index, default=None),
        cells=tuple(sum(file in check.files for check in failed) for file in files),
        first=first,
    )
