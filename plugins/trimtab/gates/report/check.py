"""One thing a gate was told to check, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from trimtab.gates.report.json_values import text

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Part:
    """One of several figures behind a check, such as that of one slice.

    Attributes:
        name: What it is of, such as ``product=A``.
        value: The figure; none if it could not be computed.
        interval: Its confidence interval, where there is one.
        rows: How many rows it is of.
    """

    name: str
    value: float | None
    interval: tuple[float, float] | None = None
    rows: int | None = None
    passed: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was declared, and what was found.

    Attributes:
        name: An expectation's type, or a metric's name.
        column: The column it is about, several with commas; empty for the whole table and for metrics.
        expected: The declared arguments.
        observed: The value found, where there is one for the whole column or table.
        unexpected: How many rows broke it, where it is about rows.
        rows: How many rows it looked at.
        examples: A few distinct values that broke it.
        detail: What was found, in words, where the figures do not say it.
        notes: The author's words: why it is there, what to do when it fails.
        tags: The author's tags.
        files: Which files of a folder broke it, and how many of their rows.
        samples: A few rows that broke it: ``file``, ``row`` in it counted from 0, and ``values`` by column.
        plot: How the column's values lie, as SVG; in the page only.
        interval: The confidence interval of what was observed, where there is one.
        parts: The figures it was made of, where there are several.
    """

    name: str
    passed: bool
    severity: Severity = "critical"
    column: str = ""
    expected: dict[str, Any] = field(default_factory=dict)
    observed: Any = None
    unexpected: int | None = None
    rows: int | None = None
    examples: tuple[Any, ...] = ()
    detail: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    files: dict[str, int | None] = field(default_factory=dict)
    samples: tuple[dict[str, Any], ...] = ()
    plot: str = ""
    interval: tuple[float, float] | None = None
    parts: tuple[Part, ...] = ()

    def finding(self) -> str:
        """Return what was found, in one line."""
        parts = []
        if self.unexpected is not None and self.rows is not None:
            share = f" ({_share(self.unexpected, self.rows)})" if self.unexpected and self.rows else ""
            parts.append(f"{self.unexpected:,} of {self.rows:,} rows unexpected{share}")
        elif self.unexpected:
            parts.append(f"{self.unexpected:,} unexpected values")
        if self.observed is not None:
            between = f", {text(self.interval[0])} to {text(self.interval[1])}" if self.interval else ""
            parts.append(f"observed {text(self.observed)}{between}")
        if self.detail:
            parts.append(self.detail)
        return "; ".join(parts) or ("" if self.passed else "nothing could be observed")


def _share(part: int, whole: int) -> str:
    """Return a share in percent; a few rows of millions are not none."""
    return f"{part / whole:.2%}" if part / whole >= 0.00005 else "less than 0.01%"
