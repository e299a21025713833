"""An explanation as tables for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from rich.table import Table

from trimtab.diagnosis.data_changes import DataChange
from trimtab.diagnosis.explanation import Explanation
from trimtab.diagnosis.value_change import ValueChange
from trimtab.terminal import Text

MAX_ROWS = 30  # of a table; `--json` has all
NONE = "—"


def explanation_tables(found: Explanation) -> Iterator[Text | Table]:
    """Yield the headline, one table for each kind of difference, and the remarks."""
    failed = f", failed: {', '.join(found.failed)}" if found.failed else ""
    yield Text(f"{found.run}{failed}, compared with {found.against}")
    yield from _table("data", ("file", "change", "rows"), [_data_row(each) for each in found.data])
    yield from _table("code", ("file", "change"), [(each.path, each.change) for each in found.code])
    yield from _table("commits", ("commit", "subject"), [(each.sha, each.subject) for each in found.commits])
    yield from _table("params", ("param", "was", "is"), [_value_row(each) for each in found.params])
    yield from _table(
        "environment", ("environment", "was", "is"), [_value_row(each) for each in found.environment]
    )
    if not (found.data or found.code or found.params or found.environment):
        yield Text("\nno data, code, param or environment differs")
    yield from _table(
        "stages",
        ("stage", "state", "inputs"),
        [(each.stage, each.state, each.reason) for each in found.stages],
    )
    yield from _table(
        "verdicts",
        ("gate", "was", "is", "failed checks"),
        [(each.gate, each.before or NONE, each.after, ", ".join(each.failed)) for each in found.verdicts],
    )
    yield from _table("metrics", ("metric", "was", "is"), [_value_row(each) for each in found.metrics])
    yield from (Text(f"\nnot known: {remark}") for remark in found.remarks)
    for stage in found.failed:
        yield Text(f"\nto open its sandbox: {shlex.join(['trimtab', 'debug', found.run, stage])}")


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Text | Table]:
    if not rows:
        return
    yield Text(f"\n{title}", "bold")
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows[:MAX_ROWS]:
        table.add_row(*map(Text, row))
    yield table
    if len(rows) > MAX_ROWS:
        yield Text(f"and {len(rows) - MAX_ROWS} more: --json has all")


def _data_row(change: DataChange) -> tuple[str, str, str]:
    before, after = (_number(rows) for rows in (change.rows_before, change.rows_after))
    rows = {"added": after, "removed": before, "changed": f"{before} → {after}"}[change.change]
    return change.path, change.change, rows


def _number(rows: int | None) -> str:
    return NONE if rows is None else f"{rows:,}"


def _value_row(change: ValueChange) -> tuple[str, str, str]:
    before, after = (NONE if value is None else str(value) for value in (change.before, change.after))
    return change.name, before, after
