"""Shadow scores: how a challenger's scores differ from the champion's on the same rows."""

from __future__ import annotations

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
        problem: The problem type of both versions.

    Returns:
        ``rows``, and what the problem type compares:

        ==============  ======================================================================
        ``binary``      ``share_changed``, the share of rows on the other side of the threshold;
                        ``mean_difference``; ``correlation``
        ``multiclass``  ``share_changed``, the share of rows that get another class
        ``regression``  ``mean_difference``; ``mean_absolute_difference``; ``correlation``
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
    column = problem.table_columns[0]
    figures = problem.compare_columns(_read(champion, column), _read(challenger, column), threshold)
    return {"rows": float(rows[0]), **figures}


def _read(file: Path, column: str) -> NDArray[Any]:
    import pyarrow.parquet as pq

    if column not in pq.read_schema(file).names:
        raise ScoringError(
            f"The scores have no column '{column}'",
            where=str(file),
            fix="compare scores that `trimtab` has made with the problem type that the checkout declares",
        )
    scores: NDArray[Any] = pq.read_table(file, columns=[column])[column].to_numpy()
    return scores
