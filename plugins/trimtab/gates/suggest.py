"""Drafts a suite from good data, for a person to edit: each expectation with its evidence and its margin.

What is drafted must hold in the next good file, so every bound is what was seen and some room; what one
file alone shows is held to every file. What a column means, and how columns depend on each other, only a
person knows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from trimtab.gates.content import Content, read
from trimtab.gates.plain import plain
from trimtab.gates.table import open_table

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = 50  # values; a text with no more in all is taken for a category
ROOM = 0.5  # of the range seen, on either side of it
CONSTANT_ROOM = 0.05  # of the value, where all are the same
MEAN_STDEVS, MEAN_SPREADS = (
    0.5,
    2,
)  # room of a mean: of the values' deviation, and of the difference between files
TIMES = 2  # room of counts, gaps, deviations and shares of nulls: a multiple
PATTERNS = (  # the first that every value fits; lengths are added
    r"[0-9]",
    r"[A-Z]",
    r"[A-Z0-9]",
    r"[a-z]",
    r"[A-Za-z0-9_.-]",
)
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$"


@dataclass(frozen=True, slots=True)
class Draft:
    """One drafted expectation, and what it is drafted from."""

    type: str
    kwargs: dict[str, Any]
    evidence: str
    severity: str = "critical"
    each_file: bool = False

    def lines(self) -> list[str]:
        """Return it as lines of YAML; JSON is YAML too."""
        extra = ["    each_file: true"] if self.each_file else []
        kwargs = json.dumps(plain(self.kwargs), ensure_ascii=False)
        return [
            f"  # {self.evidence}",
            f"  - type: {self.type}",
            f"    kwargs: {kwargs}",
            *extra,
            f"    severity: {self.severity}",
            "",
        ]


def suggest(data: Path) -> str:
    """Draft a suite from good data.

    Args:
        data: A Parquet file, or a folder of them; the more files, the better the room is known.

    Returns:
        The suite's file, YAML.

    Raises:
        UnusableDataError: The data cannot be read, or have no rows.
    """
    content = read(open_table(data))
    parts = [part.frame for _, _, part in content.each_file()]
    drafts = [*_table(content)]
    for column in content.frame.columns:
        drafts += _column(str(column), content, parts)
    head = [
        f"# Drafted from {len(content.frame):,} rows in {len(parts)} file(s) of {data.name}: edit it.",
        "# Say in notes why each is there and what to do when it fails.",
        "# Remove what is chance, and add what you know.",
        f"name: {data.stem}",
        "",
        "expectations:",
    ]
    return "\n".join([*head, *(line for draft in drafts for line in draft.lines())]).rstrip() + "\n"


def _table(content: Content) -> Iterator[Draft]:
    frame, counts = content.frame, [file.rows for file in content.files.values()]
    yield Draft(
        "expect_table_columns_to_match_contract",
        {"columns": dict(content.schema)},
        f"{len(content.schema)} columns",
        each_file=True,
    )
    yield Draft(
        "expect_table_row_count_to_be_between",
        {"min_value": min(counts) // TIMES, "max_value": max(counts) * TIMES},
        f"files have {min(counts):,} to {max(counts):,} rows; margin: half and double",
        each_file=True,
    )
    # Measurements are left out: they are not what names a row, and the next file may have two alike.
    key = list(frame.loc[:, frame.notna().all()].select_dtypes(exclude="floating").columns)
    if len(key) > 1 and not frame.duplicated(key).any():
        yield Draft(
            "expect_compound_columns_to_be_unique",
            {"column_list": key},
            "no two rows are alike in all of these; the fewer that name a row, the better",
        )


def _column(name: str, content: Content, parts: list[pd.DataFrame]) -> Iterator[Draft]:
    column = content.frame[name]
    if column.isna().all():
        return
    yield _nulls(name, [part[name] for part in parts])
    kind = column.dtype.kind
    texts = column.dropna().astype(str) if kind == "O" else None
    if texts is not None and texts.str.fullmatch(ISO_TIME).all():
        yield Draft(
            "expect_column_values_to_match_regex", {"column": name, "regex": ISO_TIME}, "all are ISO times"
        )
        yield from _times(name, content)
    elif kind == "M":
        yield from _times(name, content)
    elif kind in "iuf":
        yield from _numbers(name, [part[name] for part in parts], whole=kind != "f")
    elif texts is not None:
        yield from _texts(name, texts, [part[name] for part in parts])


def _nulls(name: str, columns: list[pd.Series]) -> Draft:
    most = max(float(column.isna().mean()) for column in columns)
    if not most:
        return Draft("expect_column_values_to_not_be_null", {"column": name}, "none is null")
    mostly = _floor(1 - TIMES * most - 0.01, 3)
    evidence = f"{most:.2%} are null in the worst file; margin: double, and one in a hundred"
    return Draft(
        "expect_column_values_to_not_be_null",
        {"column": name, "mostly": max(mostly, 0.0)},
        evidence,
        each_file=True,
    )


def _numbers(name: str, columns: list[pd.Series], *, whole: bool) -> Iterator[Draft]:
    low, high = min(float(column.min()) for column in columns), max(float(column.max()) for column in columns)
    room = ROOM * (high - low) or CONSTANT_ROOM * abs(high) or 1.0
    least, most = low - room, high + room
    if low >= 0:
        least = max(least, 0.0)  # what never was negative is no quantity that can be
    yield Draft(
        "expect_column_values_to_be_between",
        {"column": name, **_bounds(least, most, 0 if whole else 4)},
        f"{low:g} to {high:g}; margin: half the range, not below 0 where nothing was",
    )
    means, deviations = [float(one.mean()) for one in columns], [float(one.std()) for one in columns]
    if not min(deviations) > 0:  # nor is it a number: a constant, or one row
        return
    margin = MEAN_STDEVS * max(deviations) + MEAN_SPREADS * (max(means) - min(means))
    yield Draft(
        "expect_column_mean_to_be_between",
        {"column": name, **_bounds(min(means) - margin, max(means) + margin, 4)},
        f"means of files are {min(means):.4g} to {max(means):.4g}; margin: half a standard "
        "deviation, and twice the difference between files",
        each_file=True,
    )
    yield Draft(
        "expect_column_stdev_to_be_between",
        {"column": name, **_bounds(min(deviations) / TIMES, max(deviations) * TIMES, 4)},
        f"standard deviations are {min(deviations):.4g} to {max(deviations):.4g}; margin: half and double",
        each_file=True,
    )


def _texts(name: str, texts: pd.Series, columns: list[pd.Series]) -> Iterator[Draft]:
    values = sorted(texts.unique())
    lengths = (min(map(len, values)), max(map(len, values)))
    pattern = next((one for one in PATTERNS if all(re.fullmatch(f"{one}*", value) for value in values)), None)
    if pattern:
        span = ",".join(map(str, sorted(set(lengths))))
        regex = f"^{pattern}{{{span}}}$"
        yield Draft(
            "expect_column_values_to_match_regex", {"column": name, "regex": regex}, "all are written so"
        )
    if len(values) <= CATEGORIES:
        evidence = f"{len(values)} values; critical if there can be no other"
        yield Draft(
            "expect_column_values_to_be_in_set", {"column": name, "value_set": values}, evidence, "warning"
        )
    counts = [int(column.nunique()) for column in columns]
    yield Draft(
        "expect_column_unique_value_count_to_be_between",
        {"column": name, "min_value": -(-min(counts) // TIMES), "max_value": max(counts) * TIMES},
        f"files have {min(counts):,} to {max(counts):,} different values; margin: half and double",
        each_file=True,
    )


def _times(name: str, content: Content) -> Iterator[Draft]:
    import pandas as pd

    times = pd.to_datetime(content.frame[name], utc=True, format="ISO8601").dt.tz_localize(None)
    longest = times.drop_duplicates().sort_values().diff().max()
    if not pd.isna(longest):
        hours = longest.total_seconds() / 3600
        yield Draft(
            "expect_column_gaps_to_be_less_than",
            {"column": name, "max_hours": -_floor(-hours * TIMES, 2)},
            f"the longest time without any is {hours:g} hours; margin: double",
        )
    try:
        periods = [pd.Period(PurePosixPath(file).stem) for file in content.files]
    except ValueError:
        return  # the files are not named after a time
    outside = pd.Timedelta(0)
    for period, (_, _, part) in zip(periods, content.each_file(), strict=True):
        inside = pd.to_datetime(part.frame[name], utc=True, format="ISO8601").dt.tz_localize(None)
        outside = max(outside, period.start_time - inside.min(), inside.max() - period.end_time)
    tolerance = math.ceil(outside.total_seconds() / 3600) + (1 if outside else 0)
    if tolerance <= 24:
        yield Draft(
            "expect_column_values_to_be_in_period_of_file",
            {"column": name, "tolerance_hours": tolerance},
            f"at most {outside.total_seconds() / 3600:.3g} hours outside the period its file is named after",
        )


def _bounds(low: float, high: float, digits: int) -> dict[str, float | int]:
    return {"min_value": _floor(low, digits), "max_value": -_floor(-high, digits)}


def _floor(value: float, digits: int) -> float | int:
    scaled = math.floor(value * 10**digits) / 10**digits
    return int(scaled) if not digits else scaled
