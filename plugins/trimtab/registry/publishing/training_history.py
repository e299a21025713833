"""How a model learnt: a table a stage has written, kept as metrics with a history."""

from __future__ import annotations

import csv
from pathlib import Path

from trimtab.errors import ProjectError

Curve = tuple[tuple[int, float], ...]  # step and value


def read_curves(path: Path) -> dict[str, Curve]:
    """Read a training history, such as DVCLive's or a framework's own.

    Args:
        path: CSV with a header. The first column holds the steps, whole numbers; each of the others is a
            metric, an empty cell a step at which it was not measured.

    Returns:
        Metric to its curve, named after file and column: ``learning_curve.test_log_loss``.

    Raises:
        ProjectError: The file holds anything else.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return {
            f"{path.stem}.{name}": tuple((int(row[0]), float(row[column])) for row in rows if row[column])
            for column, name in enumerate(header)
            if column
        }
    except (ValueError, IndexError) as err:
        raise ProjectError(
            f"The training history cannot be read: {err}",
            where=str(path),
            fix="write a CSV file with a header: whole numbers in the first column, numbers in the others",
        ) from err
