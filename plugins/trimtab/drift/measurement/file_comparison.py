"""Compare any two tables of Parquet files, with or without a model's scores and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.drift.measurement.measurement import Measurement
from trimtab.drift.measurement.window_measurement import measure_table
from trimtab.drift.profile import ProfiledTable, ReferenceProfile, profile_table
from trimtab.drift.statistics import ProjectStatistic


@dataclass(frozen=True)
class ColumnRoles:
    """The columns of a table that are not features.

    Attributes:
        score: The predicted probability of the positive class.
        label: The label, 0 or 1.
        period: The period of a row, such as its week.
    """

    score: str | None = None
    label: str | None = None
    period: str | None = None

    @property
    def names(self) -> list[str]:
        """The columns that were named."""
        return [name for name in (self.score, self.label, self.period) if name is not None]


def profile_files(
    path: Path, roles: ColumnRoles = ColumnRoles(), *, bins_of: ReferenceProfile | None = None
) -> ReferenceProfile:
    """Build the reference profile of a Parquet file or a folder of them, without times and nested columns.

    Args:
        path: The file or folder.
        roles: Its columns that are not features.
        bins_of: A reference profile whose bins to use, so that the two profiles can be merged.

    Raises:
        DriftError: A file cannot be read, a column is missing, or scores or labels are invalid.
    """
    table = ProfiledTable.from_path(path)
    table.require_columns(roles.names)
    features = sorted(name for name in table.profilable_columns() if name not in roles.names)
    scored = roles.score is not None and roles.label is not None
    return profile_table(
        table,
        features,
        table.floats(roles.score) if scored and roles.score else None,
        table.floats(roles.label) if scored and roles.label else None,
        periods=table.texts(roles.period) if roles.period else None,
        bins_of=bins_of,
    )


def measure_files(
    reference: ReferenceProfile,
    path: Path,
    roles: ColumnRoles = ColumnRoles(),
    *,
    statistics: Sequence[ProjectStatistic] = (),
) -> Measurement:
    """Measure a Parquet file or a folder of them. Labels may be missing.

    Args:
        reference: The reference profile.
        path: The file or folder.
        roles: Its columns that are not features.
        statistics: Drift statistics of the project; see :func:`measure`.

    Raises:
        DriftError: A file cannot be read, or cannot be compared with the reference.
    """
    table = ProfiledTable.from_path(path)
    scored = reference.predictions is not None and roles.score is not None
    labelled = scored and roles.label in table.schema.names
    return measure_table(
        reference,
        table,
        table.floats(roles.score) if scored and roles.score else None,
        table.floats(roles.label) if labelled and roles.label else None,
        statistics=statistics,
    )
