"""Compare any two tables: Parquet files, with a model's scores and outcomes in them or without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trimtab.drift.measurement.measurement import Measurement
from trimtab.drift.measurement.window_measurement import measure_table
from trimtab.drift.profile import Reference, Table, reference_of


@dataclass(frozen=True)
class Roles:
    """The columns of a table that are no features.

    Attributes:
        score: The predicted probability of the positive class.
        label: The outcome, 0 or 1.
        period: The clean stretch of time a row is of.
    """

    score: str | None = None
    label: str | None = None
    period: str | None = None

    @property
    def names(self) -> list[str]:
        """Those that are there."""
        return [name for name in (self.score, self.label, self.period) if name is not None]


def reference_of_files(path: Path, roles: Roles = Roles(), *, bins_of: Reference | None = None) -> Reference:
    """Profile a Parquet file or a folder of them; times and nested columns are left out.

    Args:
        path: The file or folder.
        roles: Its columns that are no features.
        bins_of: A reference whose bins to count in, so that the two can be added up.

    Raises:
        DriftError: They cannot be read, a column is not there, or scores and labels cannot be judged.
    """
    table = Table.of_files(path)
    table.require(roles.names)
    features = sorted(name for name in table.comparable() if name not in roles.names)
    scored = roles.score is not None and roles.label is not None
    return reference_of(
        table,
        features,
        table.floats(roles.score) if scored and roles.score else None,
        table.floats(roles.label) if scored and roles.label else None,
        periods=table.texts(roles.period) if roles.period else None,
        bins_of=bins_of,
    )


def measure_files(reference: Reference, path: Path, roles: Roles = Roles()) -> Measurement:
    """Measure a Parquet file or a folder of them; labels that are not there yet are no error.

    Raises:
        DriftError: They cannot be read, or cannot be compared with the reference.
    """
    table = Table.of_files(path)
    scored = reference.predictions is not None and roles.score is not None
    labelled = scored and roles.label in table.schema.names
    return measure_table(
        reference,
        table,
        table.floats(roles.score) if scored and roles.score else None,
        table.floats(roles.label) if labelled and roles.label else None,
    )
