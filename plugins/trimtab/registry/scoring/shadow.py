"""Shadow scores: how a challenger's scores differ from the champion's on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import ScoringError
from trimtab.learning import BINARY, ProblemType

if TYPE_CHECKING:
    from numpy.typing import NDArray


def compare_shadow_scores(
    champion: Path, challenger: Path, *, threshold: float, problem: ProblemType = BINARY
) -> dict[str, float]:
    """Return figures on how a challenger's scores differ from the champion's.

    Args:
        champion: The champion's scores, a Parquet file that :meth:`TableScorer.score` has written.
        challenger: The challenger's scores of the same rows.
        threshold: A row with this score or more is positive; for binary classifiers.
        problem: The problem type of both versions, with the classes or the levels of the challenger.

    Returns:
        ``rows``, and what the problem type compares:

        ==============  ======================================================================
        ``binary``      ``share_changed``, the share of rows on the other side of the threshold;
                        ``mean_difference``; ``correlation``
        ``multiclass``  ``share_changed``, the share of rows that get another class
        ``regression``  ``mean_difference``; ``mean_absolute_difference``; ``correlation``
        ``quantile``    the same of the medians; ``mean_width_difference``, how much wider the interval
                        between the outer quantiles is
        ==============  ======================================================================

        A difference is challenger minus champion. The correlation (Pearson) is missing if all scores of one
        version are equal.

    Raises:
        ScoringError: The numbers of rows differ, or a file has no scores of the problem type.
    """
    import pyarrow.parquet as pq

    rows = [pq.read_metadata(file).num_rows for file in (champion, challenger)]
    if (
        rows[0] != rows[1]
    ):  # read from the footers: the champion's file comes from MLflow, and may have any length
        raise ScoringError(
            f"The numbers of scores differ: {rows[0]:,} and {rows[1]:,} rows",
            where=f"{champion} and {challenger}",
            fix="compare scores of the same table",
        )
    columns = problem.compared_columns
    figures = problem.compare_columns(_read(champion, columns), _read(challenger, columns), threshold)
    return {"rows": float(rows[0]), **figures}


def _read(file: Path, columns: Sequence[str]) -> NDArray[Any]:
    """Return one column, of shape (n_rows,), or several, of shape (n_rows, n_columns)."""
    import numpy as np
    import pyarrow.parquet as pq

    known = pq.read_schema(file).names
    for absent in (column for column in columns if column not in known):
        raise ScoringError(
            f"The scores have no column '{absent}'",
            where=str(file),
            fix="compare scores that `trimtab` has made with the problem type that the checkout declares",
        )
    table = pq.read_table(file, columns=list(columns))
    scores: list[NDArray[Any]] = [table[column].to_numpy() for column in columns]
    return scores[0] if len(scores) == 1 else np.column_stack(scores)
