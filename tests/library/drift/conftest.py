from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from trimtab.drift import Measurement, ReferenceProfile, build_reference, measure

Window = tuple[pd.DataFrame, np.ndarray, np.ndarray]
CLASSES = ("cat", "dog", "eel")
LEVELS = (0.1, 0.5, 0.9)


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


def rooms(rng: np.random.Generator, rows: int, shift: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "size": rng.normal(50 + 10 * shift, 10, rows),
            "rooms": rng.poisson(3, rows).astype(float),
            "town": rng.choice(["A", "B", "C"], rows, p=[0.6, 0.3, 0.1]),
        }
    )


@pytest.fixture(scope="session")
def draw_numbers() -> Callable[..., Window]:
    """Draw features, predicted and true rents; errors grow with the size, and by the factor `noise`."""

    def draw_window(
        *, seed: int, rows: int = 2000, shift: float = 0.0, noise: float = 1.0, bias: float = 0.0
    ) -> Window:
        rng = np.random.default_rng(seed)
        features = rooms(rng, rows, shift)
        size = features["size"].to_numpy()
        predicted = 3 * size + 20 * features["rooms"].to_numpy()
        return features, predicted, predicted + bias + rng.normal(0, noise * (1 + 0.2 * np.abs(size)))

    return draw_window


@pytest.fixture(scope="session")
def draw_classes() -> Callable[..., Window]:
    """Draw features, calibrated probabilities, and classes of which a share of `lost` is drawn evenly."""

    def draw_window(*, seed: int, rows: int = 2000, shift: float = 0.0, lost: float = 0.0) -> Window:
        rng = np.random.default_rng(seed)
        features = rooms(rng, rows, shift)
        odds = np.column_stack([features["size"] / 10 - 5, features["rooms"] - 3, np.zeros(rows)])
        predicted = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        truth = (1 - lost) * predicted + lost / len(CLASSES)
        drawn = (rng.random((rows, 1)) > truth.cumsum(axis=1)).sum(axis=1)
        return features, predicted, np.array(CLASSES)[drawn]

    return draw_window


@pytest.fixture(scope="session")
def draw_quantiles(draw_numbers) -> Callable[..., Window]:
    """Draw features, the right quantiles of rents without more noise or bias, and rents."""

    def draw_window(**given: float) -> Window:
        features, predicted, rents = draw_numbers(**given)
        spread = 1 + 0.2 * np.abs(features["size"].to_numpy())
        standard = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
        return features, predicted[:, None] + spread[:, None] * standard, rents

    return draw_window


@pytest.fixture(scope="session")
def quantiles(draw_quantiles) -> ReferenceProfile:
    return build_reference(*draw_quantiles(seed=1), problem_type="quantile", levels=LEVELS, unit="EUR")


@pytest.fixture(scope="session")
def numbers(draw_numbers) -> ReferenceProfile:
    return build_reference(*draw_numbers(seed=1), problem_type="regression", unit="EUR")


@pytest.fixture(scope="session")
def classes(draw_classes) -> ReferenceProfile:
    return build_reference(*draw_classes(seed=1), problem_type="multiclass", classes=CLASSES)
