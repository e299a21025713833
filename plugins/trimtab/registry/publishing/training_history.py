"""The training history: learning curves that a stage has written, published as metrics with steps."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TypeAlias

from trimtab.errors import ProjectError

LearningCurve: TypeAlias = tuple[tuple[int, float], ...]  # step and value


def read_training_history(path: Path) -> dict[str, LearningCurve]:
    """Read a training history, as DVCLive or a framework writes it.

    Args:
        path: CSV with a header. The first column has the steps, which are integers. Each further column is a
            metric. An empty cell is a step at which the metric was not measured.

    Returns:
        Metric to its learning curve. The name has file and column: ``learning_curve.test_log_loss``.

    Raises:
        ProjectError: The file has another format.
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
            fix="write a CSV file with a header: integers in the first column, numbers in the others",
        ) from err
