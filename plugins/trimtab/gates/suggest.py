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

from trimtab.gates.content import Content, look_into
from trimtab.gates.delimited import stem
from trimtab.gates.plain import plain
from trimtab.gates.table import open_table

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = 50  # values; a text with no more in all is taken for a category
ROOM = 0.5  # of the range seen, on either side of it
CONSTANT_ROOM = 0.05  # of the value, where all are the same
MEAN_STDEVS = 0.5  # room of a mean: of the values' standard deviation; twice that if there is one file
MEAN_SPREADS = 2  # and of the difference between files
NULLS = 0.05  # of the rows; room of a share of nulls, beside a multiple
FEW = 5  # values; a category of no more can have no other
RARE = 0.95  # of the rows hold one value: how far the others go is not known from a few files
AGE = 0.5  # days
TIMES = 2  # room of counts, gaps, deviations and shares of nulls: a multiple
FRACTIONS = ("halffloat", "float", "double")
PATTERNS = (  # the first that every value fits; lengths are added
    r"[0-9]",
    r"[A-Z]",
    r"[A-Z0-9]",
    r"[a-z]",
    r"[A-Za-z0-9_.-]",
)
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$"


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
        data: A Parquet or CSV file, or a folder of them; the more files, the better the room is known.

    Returns:
        The suite's file, YAML.

    Raises:
        UnusableDataError: The data cannot be read, or have no rows.
    """
    content = look_into(open_table(data))
    parts = [part.frame for _, _, part in content.each_file()]
    drafts = [*_table(content)]
    for column in content.frame.columns:
        if column not in content.table.keys:  # the next folder is named anew
            drafts += _column(str(column), content, parts)
    head = [
        f"# Drafted from {len(content.frame):,} rows in {len(parts)} file(s) of {data.name}: edit it.",
        "# Say in notes why each is there and what to do when it fails.",
        "# Remove what is chance, and add what you know.",
        f"name: {stem(data)}",
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
    key = [
        name for name, kind in content.schema.items() if kind not in FRACTIONS and frame[name].notna().all()
    ]
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
    mostly = _floor(1 - TIMES * most - NULLS, 3)
    evidence = f"{most:.2%} are null in the worst file; margin: double, and {NULLS:.0%}"
    return Draft(
        "expect_column_values_to_not_be_null",
        {"column": name, "mostly": max(mostly, 0.0)},
        evidence,
        each_file=True,
    )


def _numbers(name: str, columns: list[pd.Series], *, whole: bool) -> Iterator[Draft]:
    low, high = min(float(column.min()) for column in columns), max(float(column.max()) for column in columns)
    if not math.isfinite(high - low):  # no good data, and no bound to draw from them
        return
    room = ROOM * (high - low) or CONSTANT_ROOM * abs(high) or 1.0
    least, most = low - room, high + room
    if low >= 0:
        least = max(least, 0.0)  # what never was negative is no quantity that can be
    rare = any(RARE < float((one == one.median()).mean()) < 1 for one in columns)  # no constant
    yield Draft(
        "expect_column_values_to_be_between",
        {"column": name, **_bounds(least, most, 0 if whole else 4)},
        f"{low:g} to {high:g}; margin: half the range, not below 0 where nothing was",
        severity="warning" if rare else "critical",
    )
    means, deviations = [float(one.mean()) for one in columns], [float(one.std()) for one in columns]
    if not min(deviations) > 0:  # nor is it a number: a constant, or one row
        return
    stdevs = MEAN_STDEVS * (2 if len(columns) == 1 else 1)
    margin = stdevs * max(deviations) + MEAN_SPREADS * (max(means) - min(means))
    yield Draft(
        "expect_column_mean_to_be_between",
        {"column": name, **_bounds(min(means) - margin, max(means) + margin, 4)},
        f"means of files are {min(means):.4g} to {max(means):.4g}; margin: {stdevs:g} standard "
        f"deviations, and {MEAN_SPREADS} times the difference between files",
        each_file=True,
    )
    yield Draft(
        "expect_column_stdev_to_be_between",
        {"column": name, **_bounds(min(deviations) / TIMES, max(deviations) * TIMES, 4)},
        f"standard deviations are {min(deviations):.4g} to {max(deviations):.4g}; margin: half and double",
        severity="warning" if rare else "critical",
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
        yield Draft(
            "expect_column_values_to_be_in_set",
            {"column": name, "value_set": values},
            f"{len(values)} values; critical if there can be no other",
            severity="critical" if len(values) <= FEW else "warning",
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
        periods = [pd.Period(stem(PurePosixPath(file))) for file in content.files]
    except ValueError:
        return  # the files are not named after a time
    spans = [
        (times[span].min() - period.start_time, times[span].max() - period.end_time)
        for period, (_, span) in zip(periods, content.spans(), strict=True)
    ]
    outside = max(
        0.0, *(max(-before.total_seconds(), after.total_seconds()) / 3600 for before, after in spans)
    )
    age = max(0.0, *(-after.total_seconds() / 86400 for _, after in spans))
    if outside > 24:
        return  # nor are these times of when the files were made
    yield Draft(
        "expect_column_values_to_be_in_period_of_file",
        {"column": name, "tolerance_hours": math.ceil(outside) + 1 if outside else 0},
        f"at most {outside:.3g} hours outside the period of the file; margin: an hour, if any",
    )
    yield Draft(
        "expect_column_max_to_be_fresh",
        {"column": name, "max_age_days": -_floor(-age - AGE, 2)},
        f"the newest is at most {age:.3g} days older than the period of the file; margin: {AGE:g} days",
    )


def _bounds(low: float, high: float, digits: int) -> dict[str, float | int]:
    return {"min_value": _floor(low, digits), "max_value": -_floor(-high, digits)}


def _floor(value: float, digits: int) -> float | int:
    scaled = math.floor(value * 10**digits) / 10**digits
    return int(scaled) if not digits else scaled
