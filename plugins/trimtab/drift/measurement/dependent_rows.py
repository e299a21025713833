"""Dependent rows of a window: the units in which its labelled rows are resampled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import DriftError
from trimtab.learning import MIN_UNITS, Dependence, Units, select_units

if TYPE_CHECKING:
    import pandas as pd


def with_units(
    labels: pd.Series[Any] | None, table: pd.DataFrame, dependence: Dependence, file: Path
) -> tuple[pd.Series[Any] | None, tuple[Units, ...]]:
    """Return the labels of a window, and the units of the rows that have one.

    While too few groups or times have labels, an error of what they measure cannot be known. The labels then
    count as delayed.

    Args:
        labels: The label column; None if the labels are delayed.
        table: The window.
        dependence: The columns by which rows depend on each other.
        file: The window's file, for messages.

    Raises:
        DriftError: The window lacks a column of the dependence, or its values cannot be used.
    """
    if labels is None or not dependence.columns:
        return labels, ()
    try:
        units = dependence.units(table)
    except ValueError as err:
        raise DriftError(
            f"The errors of the window cannot be measured. {err}",
            where=str(file),
            fix="correct `meta.group` and `meta.time` of the model in dvc.yaml, or `--group` and `--time`;"
            " or add the columns",
        ) from err
    known = select_units(units, labels.notna().to_numpy())
    return (None, ()) if any(each.number < MIN_UNITS for each in known) else (labels, known)
