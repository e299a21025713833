"""Compare any two tables of Parquet files, with or without a model's predictions and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trimtab.drift.measurement.dependent_rows import with_units
from trimtab.drift.measurement.measurement import Measurement
from trimtab.drift.measurement.window_measurement import measure_table
from trimtab.drift.profile import ProfiledTable, ReferenceProfile, profile_table
from trimtab.drift.statistics import ProjectStatistic
from trimtab.errors import DriftError
from trimtab.learning import BINARY, INDEPENDENT, PROBLEM_TYPES, Dependence, Floats, ProblemType


@dataclass(frozen=True)
class ColumnRoles:
    """The columns of a table that are not features.

    Attributes:
        scores: The predictions: one column, or one for each of several classes or quantiles.
        label: The label.
        period: The period of a row, such as its week.
        problem: Name of the problem type.
        dependence: The columns by which rows depend on each other.
    """

    scores: tuple[str, ...] = ()
    label: str | None = None
    period: str | None = None
    problem: str = BINARY.name
    dependence: Dependence = INDEPENDENT

    @property
    def names(self) -> list[str]:
        """The columns that were named."""
        others = (self.label, self.period, *self.dependence.columns)
        return [*self.scores, *(name for name in others if name is not None)]

    @property
    def problem_type(self) -> ProblemType:
        """The problem type, with the classes or the levels that the columns are named after.

        Raises:
            DriftError: The problem type cannot have these columns.
        """
        try:
            return PROBLEM_TYPES[self.problem].with_columns(self.scores)
        except ValueError as err:
            raise DriftError(
                f"The columns of predictions are invalid: {err}",
                where=", ".join(self.scores),
                fix="name the columns that the model's scores are in",
            ) from err


def profile_files(
    path: Path, roles: ColumnRoles = ColumnRoles(), *, bins_of: ReferenceProfile | None = None
) -> ReferenceProfile:
    """Build the reference profile of a Parquet file or a folder of them, without times and nested columns.

    Args:
        path: The file or folder.
        roles: Its columns that are not features.
        bins_of: A reference profile whose bins to use, so that the two profiles can be merged.

    Raises:
        DriftError: A file cannot be read, a column is missing, or predictions or labels are invalid.
    """
    table = ProfiledTable.from_path(path)
    table.require_columns(roles.names)
    features = sorted(name for name in table.profilable_columns() if name not in roles.names)
    scored = roles.scores and roles.label is not None
    return profile_table(
        table,
        features,
        _predictions(table, roles) if scored else None,
        table.values(roles.label) if scored and roles.label else None,
        problem=roles.problem_type if scored else BINARY,
        periods=table.texts(roles.period) if roles.period else None,
        bins_of=bins_of,
    )


def measure_files(
    reference: ReferenceProfile,
    path: Path,
    roles: ColumnRoles = ColumnRoles(),
    *,
    metric: str | None = None,
    statistics: Sequence[ProjectStatistic] = (),
) -> Measurement:
    """Measure a Parquet file or a folder of them. Labels may be missing.

    Args:
        reference: The reference profile.
        path: The file or folder.
        roles: Its columns that are not features.
        metric: The metric of the drift policy; see :func:`measure`.
        statistics: Drift statistics of the project; see :func:`measure`.

    Raises:
        DriftError: A file cannot be read, or cannot be compared with the reference. A column of the
            dependence is missing, or its values cannot be used.
    """
    table = ProfiledTable.from_path(path)
    table.require_columns(roles.dependence.columns)
    scored = reference.predictions is not None and bool(roles.scores)
    labelled = scored and roles.label in table.schema.names
    labels = table.values(roles.label) if labelled and roles.label else None
    labels, units = with_units(labels, table.frame(roles.dependence.columns), roles.dependence, path)
    return measure_table(
        reference,
        table,
        _predictions(table, roles) if scored else None,
        labels,
        metric=metric,
        statistics=statistics,
        units=units,
    )


def _predictions(table: ProfiledTable, roles: ColumnRoles) -> Floats:
    columns = [table.floats(name) for name in roles.scores]
    return columns[0] if len(columns) == 1 else np.column_stack(columns)
