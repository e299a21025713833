"""One check of a gate: what was declared, and its result."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from trimtab.gate_report.verdict import Severity
from trimtab.value_format import format_value


@dataclass(frozen=True, slots=True)
class CheckPart:
    """One of several figures of a check, such as the figure of one slice.

    Attributes:
        name: What the figure is of, such as ``product=A``.
        value: The figure; None if it is undefined.
        interval: Its confidence interval.
        rows: How many rows it is computed from.
        passed: Whether it meets the declared bounds.
    """

    name: str
    value: float | None
    interval: tuple[float, float] | None = None
    rows: int | None = None
    passed: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check and its result.

    Attributes:
        name: The type of an expectation, or the name of a metric.
        passed: Whether the check passed.
        severity: ``critical`` fails the gate, ``warning`` makes it warn, ``info`` is recorded only.
        column: The column of the check; several are separated by commas; empty for a table or a metric.
        expected: The declared arguments.
        observed: The observed value of the column, table or model.
        unexpected: How many rows are unexpected, for a check on rows.
        rows: How many rows were checked.
        examples: A few distinct unexpected values.
        detail: The result in words, if the figures do not tell it.
        notes: The author's notes: why the check exists, what to do when it fails.
        tags: The author's tags.
        files: Files of a folder that failed, with the number of their unexpected rows.
        samples: A few unexpected rows: ``file``, ``row`` in the file from 0, and ``values`` by column.
        plot: An SVG plot of the column's values; in the page only.
        interval: The confidence interval of the observed value.
        parts: The figures of slices, groups or features, for a check on several.
    """

    name: str
    passed: bool
    severity: Severity = "critical"
    column: str = ""
    expected: dict[str, JsonValue] = field(default_factory=dict)
    observed: JsonValue = None
    unexpected: int | None = None
    rows: int | None = None
    examples: tuple[JsonValue, ...] = ()
    detail: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    files: dict[str, int | None] = field(default_factory=dict)
    samples: tuple[dict[str, JsonValue], ...] = ()
    plot: str = ""
    interval: tuple[float, float] | None = None
    parts: tuple[CheckPart, ...] = ()

    def result_text(self) -> str:
        """Return the result as one line of text."""
        parts = []
        if self.unexpected is not None and self.rows is not None:
            share = f" ({_percent(self.unexpected, self.rows)})" if self.unexpected and self.rows else ""
            parts.append(f"{self.unexpected:,} of {self.rows:,} rows unexpected{share}")
        elif self.unexpected:
            parts.append(f"{self.unexpected:,} unexpected values")
        if self.observed is not None:
            interval = f", {' to '.join(map(format_value, self.interval))}" if self.interval else ""
            parts.append(f"observed {format_value(self.observed)}{interval}")
        if self.detail:
            parts.append(self.detail)
        return "; ".join(parts) or ("" if self.passed else "nothing could be observed")


def _percent(part: int, whole: int) -> str:
    """Return a share in percent; a share above zero is never shown as zero."""
    return f"{part / whole:.2%}" if part / whole >= 0.00005 else "less than 0.01%"
