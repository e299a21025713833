"""Drafts expectations on continuity: a measurement changes little between neighbouring rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.gates.rank_association import is_ordered, squared_steps
from trimtab.gates.suggest.calendar import is_time, limits
from trimtab.gates.suggest.draft import Draft, ceiling
from trimtab.gates.suggest.reference import MIN_ROW_RATIO, Reference

if TYPE_CHECKING:
    import pandas as pd

SHUFFLED_RATIO = 2.0  # von Neumann's ratio of a column that does not depend on the order
MAX_COLUMNS = 4  # drafted: the most continuous ones
MIN_STEPS = 30
MIN_GROUP_ROWS = 5  # rows in each group, on average
MAX_SHARE_OF_SHUFFLED = 0.8  # the bound over the lowest ratio that a shuffled column has by chance
MAX_ROWS = 200_000


def draft_continuity(reference: Reference) -> Iterator[Draft]:
    """Draft expectations on columns that are continuous along time."""
    if not reference.time_order:
        return
    frame = reference.frame.iloc[:MAX_ROWS]
    names = [
        name
        for name in reference.columns
        if name not in reference.time_order
        and not is_time(frame[name])
        and is_ordered(frame[name])
        and frame[name].nunique() > 2
    ]
    groups = [
        None,
        *(name for name in reference.columns if _is_group(frame[name]) and name not in reference.time_order),
    ]
    found = []
    for group in groups:
        columns_of_group = [
            (ratio, name, bound)
            for name in names
            if name != group
            for ratio, bound in _bounds(name, reference, group)
        ]
        found.append(
            (
                sum(math.log(SHUFFLED_RATIO / max(1e-9, ratio)) for ratio, _, _ in columns_of_group),
                group,
                columns_of_group,
            )
        )
    _, group, columns = max(found, key=lambda one: one[0])
    for ratio, name, bound in sorted(columns)[:MAX_COLUMNS]:
        order = [*([group] if group else []), *reference.time_order]
        yield Draft(
            "expect_column_steps_to_be_small",
            {"column_list": [*order, name], **({"group": group} if group else {}), "max_value": bound},
            f"the squared steps along time are {ratio:.3g} of the variance, 2 if shuffled; "
            "margin: fewer rows, sampling error",
            severity=reference.relation_severity,
            each_file=True,
        )


def _bounds(name: str, reference: Reference, group: str | None) -> Iterator[tuple[float, float]]:
    """Yield the highest ratio of any file with its bound, unless shuffled rows could meet the bound."""
    found = []
    for file in reference.files:
        squares, variance = squared_steps(file.iloc[:MAX_ROWS], name, reference.time_order, group)
        if len(squares) < MIN_STEPS or not variance:
            return
        sampling_error = (
            reference.critical_value
            * float(squares.std() / variance)
            * reference.relative_standard_error(len(squares))
        )
        ratio = float(squares.mean() / variance)
        shuffled = SHUFFLED_RATIO * (1 - reference.critical_value / math.sqrt(len(squares)))
        found.append((ratio, ratio / MIN_ROW_RATIO**2 + sampling_error, shuffled))
    ratio, bound, shuffled = max(found)
    if ratio and bound < MAX_SHARE_OF_SHUFFLED * shuffled:
        yield ratio, ceiling(bound, 5)


def _is_group(column: pd.Series) -> bool:
    if is_time(column) or column.dtype.kind == "f" or limits(str(column.name), column):
        return False
    if column.dtype.kind not in "Oiu":
        return False
    return 1 < column.nunique() <= len(column) / MIN_GROUP_ROWS
