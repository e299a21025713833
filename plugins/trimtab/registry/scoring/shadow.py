"""How two versions differ that have scored the same rows."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ScoringError
from trimtab.resampling import Floats


def difference(champion: Path, challenger: Path, *, threshold: float) -> dict[str, float]:
    """Return in figures how a challenger's scores differ from the champion's.

    Args:
        champion: Its scores, a Parquet file as :meth:`Scorer.score` writes it.
        challenger: The challenger's, of the same rows.
        threshold: From which score on a row counts as positive.

    Returns:
        ``rows``; ``share_changed``, of the rows that come to lie on the other side of the threshold;
        ``mean_difference``, challenger minus champion; ``correlation`` (Pearson), unless one of them says the
        same of every row.

    Raises:
        ScoringError: They are not of the same number of rows.
    """
    import numpy as np
    import pyarrow.parquet as pq

    rows = [pq.read_metadata(file).num_rows for file in (champion, challenger)]
    if rows[0] != rows[1]:  # asked of the footers: the champion's come from MLflow, of whatever length
        raise ScoringError(
            f"The scores are of {rows[0]:,} and of {rows[1]:,} rows",
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
