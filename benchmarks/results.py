"""What was measured, kept as JSON: a row measured again replaces the one before."""

from __future__ import annotations

import dataclasses
import json
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import psutil

from benchmarks.measure import Measurement
from benchmarks.peers import SNAKEMAKE

SHARED = 0.15  # processors others may use before a figure is marked


@dataclass(frozen=True)
class Cell:
    """One figure of a row.

    Attributes:
        value: In the row's unit; None where only the note says something.
        note: What else there is to know.
        peak_mb: Memory of the largest process, where it was measured.
        others: Processors that everything else on the machine used meanwhile.
    """

    value: float | None
    note: str = ""
    peak_mb: float | None = None
    others: float = 0.0

    @classmethod
    def of(cls, measurement: Measurement) -> Self:
        """Make a cell of a command's measurement."""
        return cls(measurement.seconds, peak_mb=measurement.peak_mb, others=measurement.others)

    @property
    def shared(self) -> bool:
        """Whether the machine was not ours alone: the figure is worth little."""
        return self.others > SHARED

    def __str__(self) -> str:
        value = "" if self.value is None else number(self.value)
        marked = f"{value}*" if self.shared else value
        return " ".join(filter(None, (marked, f"({self.note})" if value and self.note else self.note)))


@dataclass(frozen=True)
class Row:
    """One line of a table: a case, and the figure of each tool.

    Attributes:
        table: A key of :data:`benchmarks.figures.TABLES`.
        title: The case.
        cells: Column to figure.
        stages: How many stages were brought up to date, where that is a number to divide by.
        measured: When, and of which commit.
    """

    table: str
    title: str
    cells: dict[str, Cell]
    stages: int = 0
    measured: dict[str, str] = field(default_factory=dict)


class Results:
    """The figures so far.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        plain = json.loads(file.read_text()) if file.exists() else {"machine": {}, "rows": []}
        self.machine: dict[str, Any] = plain["machine"]
        self.rows = [
            Row(**{**row, "cells": {name: Cell(**cell) for name, cell in row["cells"].items()}})
            for row in plain["rows"]
        ]

    def add(self, row: Row) -> None:
        """Keep a row, in place of an earlier one of that title, and write the file."""
        row = dataclasses.replace(row, measured=_now())
        places = [at for at, old in enumerate(self.rows) if (old.table, old.title) == (row.table, row.title)]
        if places:
            self.rows[places[0]] = row
        else:
            self.rows.append(row)
        self.machine = _machine()
        plain = {"machine": self.machine, "rows": [dataclasses.asdict(row) for row in self.rows]}
        self.file.write_text(json.dumps(plain, indent=1) + "\n")

    def of(self, table: str) -> list[Row]:
        """Return the rows of a table, in the order they were first measured."""
        return [row for row in self.rows if row.table == table]

    def setting(self, tools: str) -> str:
        """Return what was measured on, as a sentence: the machine, the versions of the tools, the commits."""
        about = self.machine
        revisions = sorted({row.measured["revision"] for row in self.rows})
        return (
            f"{about['processors']} processors, {about['memory_gb']} GB of memory; Python {about['python']}, "
            f"{tools}; commit {', '.join(revisions)}."
        )


def number(value: float) -> str:
    """Write a figure with the digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def columns(rows: Iterable[Row]) -> list[str]:
    """Return the columns of some rows, in the order they come."""
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def _now() -> dict[str, str]:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": described.stdout.strip(),
    }


def _machine() -> dict[str, Any]:
    packages = {name: version(name) for name in ("apache-airflow", "dvc", "trimtab")}
    return {
        "processors": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
        **packages,
        "snakemake": SNAKEMAKE,
    }
