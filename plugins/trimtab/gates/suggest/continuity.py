"""Drafts expectations on continuity: a measurement changes less from row to row than between any two rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.gates.rank_association import is_ordered, squared_steps
from trimtab.gates.suggest.calendar import is_time, limits
from trimtab.gates.suggest.draft import Draft, ceiling
from trimtab.gates.suggest.reference import FEWER_ROWS, Reference

if TYPE_CHECKING:
    import pandas as pd

WITHOUT_ORDER = 2.0  # the ratio of a column that the order says nothing of
MOST = 4  # columns, those that go on most
LEAST_STEPS = 30
ROWS_IN_GROUP = 5  # at least
TELLING = 0.8  # of the bound that chance alone would stay above
MOST_ROWS = 200_000


def draft_continuity(good: Reference) -> Iterator[Draft]:
    """Draft expectations on columns that are continuous along time."""
    if not good.order:
        return
    frame = good.frame.iloc[:MOST_ROWS]
    names = [
        name
        for name in good.columns
        if name not in good.order
        and not is_time(frame[name])
        and is_ordered(frame[name])
        and frame[name].nunique() > 2
    ]
    groups = [None, *(name for name in good.columns if _is_group(frame[name]) and name not in good.order)]
    found = []
    for group in groups:
        of_group = [
            (ratio, name, most)
            for name in names
            if name != group
            for ratio, most in _bounds(name, good, group)
        ]
        found.append(
            (sum(math.log(WITHOUT_ORDER / max(1e-9, ratio)) for ratio, _, _ in of_group), group, of_group)
        )
    _, group, columns = max(found, key=lambda one: one[0])
    for ratio, name, most in sorted(columns)[:MOST]:
        order = [*([group] if group else []), *good.order]
        yield Draft(
            "expect_column_steps_to_be_small",
            {"column_list": [*order, name], **({"group": group} if group else {}), "max_value": most},
            f"along time its steps are {ratio:.3g} of its variance, 2 if shuffled; margin: rows, chance",
            severity=good.severity_between,
            each_file=True,
        )


def _bounds(name: str, good: Reference, group: str | None) -> Iterator[tuple[float, float]]:
    """Return the ratio and its bound, of the file where it is highest."""
    found = []
    for file in good.files:
        squares, variance = squared_steps(file.iloc[:MOST_ROWS], name, good.order, group)
        if len(squares) < LEAST_STEPS or not variance:
            return
        chance = good.deviations * float(squares.std() / variance) * good.noise(len(squares))
        ratio = float(squares.mean() / variance)
        shuffled = WITHOUT_ORDER * (1 - good.deviations / math.sqrt(len(squares)))
        found.append((ratio, ratio / FEWER_ROWS**2 + chance, shuffled))
    ratio, most, shuffled = max(found)
    if ratio and most < TELLING * shuffled:
        yield ratio, ceiling(most, 5)


def _is_group(column: pd.Series) -> bool:
    if is_time(column) or column.dtype.kind == "f" or limits(str(column.name), column):
        return False
    if column.dtype.kind not in "Oiu":
        return False
    return 1 < column.nunique() <= len(column) / ROWS_IN_GROUP
