"""Shadow scores: how a challenger's scores differ from the champion's on the same rows."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ScoringError
from trimtab.learning import Floats


def compare_shadow_scores(champion: Path, challenger: Path, *, threshold: float) -> dict[str, float]:
    """Return figures on how a challenger's scores differ from the champion's.

    Args:
        champion: The champion's scores, a Parquet file that :meth:`TableScorer.score` has written.
        challenger: The challenger's scores of the same rows.
        threshold: A row with this score or more is positive.

    Returns:
        ``rows``; ``share_changed``, the share of rows that are on the other side of the threshold;
        ``mean_difference``, challenger minus champion; ``correlation`` (Pearson), unless all scores of one
        version are equal.

    Raises:
        ScoringError: The numbers of rows differ.
    """
    import numpy as np
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
    ours, theirs = _scores(champion), _scores(challenger)
    figures = {
        "rows": float(len(ours)),
        "share_changed": float(np.mean((ours >= threshold) != (theirs >= threshold))),
        "mean_difference": float(np.mean(theirs - ours)),
    }
    if np.ptp(ours) and np.ptp(theirs):
        figures["correlation"] = float(np.corrcoef(ours, theirs)[0, 1])
    return figures


def _scores(file: Path) -> Floats:
    import pyarrow.parquet as pq

    scores: Floats = pq.read_table(file, columns=["score"])["score"].to_numpy()
    return scores
