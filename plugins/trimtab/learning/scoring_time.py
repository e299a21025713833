"""The scoring time of a model: what a caller waits for a thousand rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

TIMED_ROWS, TIMED_ROUNDS = 1000, 5


def scoring_seconds(predict: Callable[[pd.DataFrame], object], rows: pd.DataFrame) -> float:
    """Return how long a model takes to score 1,000 rows: the median of five rounds, in seconds.

    Args:
        predict: Scores rows.
        rows: Rows to score, one at least; they are repeated if there are fewer than 1,000.
    """
    timed = rows.iloc[np.arange(TIMED_ROWS) % len(rows)]
    taken = []
    for _ in range(TIMED_ROUNDS):
        start = time.perf_counter()
        predict(timed)
        taken.append(time.perf_counter() - start)
    return median(taken)
