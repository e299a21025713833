"""Random flights: training data and rows to score for the models of these tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

FEATURES = ["carrier", "distance", "hour"]


def flights(rows: int, seed: int) -> pd.DataFrame:
    """Draw random flights whose delay depends on the hour and, less, on the carrier."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "carrier": rng.choice(["UA", "DL", "B6"], rows),
            "distance": rng.uniform(200, 2500, rows),
            "hour": rng.integers(5, 23, rows).astype(float),
        }
    )
    odds = 0.4 * (table["hour"] - 14) + 1.0 * (table["carrier"] == "B6")
    return table.assign(late=rng.random(rows) < 1 / (1 + np.exp(-odds)))
