from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from trimtab.drift import Measurement, ReferenceProfile, build_reference, measure

Window = tuple[pd.DataFrame, np.ndarray, np.ndarray]


@pytest.fixture(scope="session")
def draw() -> Callable[..., Window]:
    """Draw features, scores and labels; `skill` is how much the scores know of the labels."""

    def draw_window(*, seed: int, rows: int = 2000, shift: float = 0.0, skill: float = 1.5) -> Window:
        rng = np.random.default_rng(seed)
        labels = (rng.random(rows) < 0.3).astype(int)
        scores = 1 / (1 + np.exp(1 + shift - skill * labels - rng.normal(size=rows)))
        temp = rng.normal(50 + 10 * shift, 10, rows)
        features = pd.DataFrame(
            {
                "carrier": rng.choice(["UA", "B6", "HA"], rows, p=[0.6, 0.3, 0.1]),
                "precip": np.where(rng.random(rows) < 0.9, 0.0, rng.random(rows)),
                "temp": np.where(rng.random(rows) < 0.05, np.nan, temp),
            }
        )
        return features, scores, labels

    return draw_window


@pytest.fixture(scope="session")
def reference(draw) -> ReferenceProfile:
    return build_reference(*draw(seed=1))


@pytest.fixture(scope="session")
def same_world(draw, reference) -> Measurement:
    return measure(reference, *draw(seed=2))
