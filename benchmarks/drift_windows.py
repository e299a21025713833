"""Drawn windows with and without drift, for the benchmark of the drift check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

CLASSES = ("early", "late", "on time")
LEVELS = (0.1, 0.5, 0.9)
LISTS = {"multiclass": {"classes": CLASSES}, "quantile": {"levels": LEVELS}}  # arguments of build_reference
SHOPS = [f"shop {number}" for number in range(8)]


@dataclass(frozen=True)
class Window:
    """Some rows, with the predictions of a model and the labels."""

    features: pd.DataFrame
    scores: NDArray[np.float64]
    labels: NDArray[Any]

    def table(self) -> pd.DataFrame:
        """Return features, scores and labels as one table."""
        return self.features.assign(score=self.scores, label=self.labels)


def draw(
    seed: int,
    rows: int,
    features: int,
    *,
    shift: str = "none",
    size: float = 1.0,
    problem: str = "binary",
) -> Window:
    """Draw a window of independent rows.

    Four of five features are numbers: normal, log-normal, counts, or mostly zero. Every fifth is a category.
    The model is calibrated, and uses the first three.

    Args:
        seed: Seed of all random numbers.
        rows: Number of rows.
        features: Number of features, 5 or more.
        shift: One of ``SHIFTS``, or ``none``.
        size: Size of the shift, 0 to 1.
        problem: The problem type: ``binary``, ``multiclass`` with three classes, ``regression`` with an
            error that grows with the prediction, or ``quantile`` with three quantiles of such labels.
    """
    rng = np.random.default_rng(seed)
    columns = {f"x{place:03}": _column(rng, rows, place) for place in range(features)}
    shifted, odds_shift, flipped = (
        SHIFTS[shift](rng, columns, size) if shift in SHIFTS else (columns, 0.0, 0.0)
    )
    frame = pd.DataFrame(shifted)
    signal = (frame["x000"] + 0.5 * frame["x001"].clip(upper=4) - 0.3 * frame["x002"]).to_numpy()
    return Window(frame, *OUTCOMES[problem](rng, signal, odds_shift + (1 - flipped) * signal))


Signal = NDArray[np.float64]
Outcomes = tuple[NDArray[np.float64], NDArray[Any]]  # predictions and labels


def _binary(rng: np.random.Generator, signal: Signal, true: Signal) -> Outcomes:
    scores, truth = (1 / (1 + np.exp(1.2 - each)) for each in (signal, true))
    return scores, (rng.random(len(signal)) < truth).astype(np.int64)


def _classes(rng: np.random.Generator, signal: Signal, true: Signal) -> Outcomes:
    scores, truth = (_softmax(np.column_stack([each, -0.5 * each, 0 * each])) for each in (signal, true))
    drawn = (rng.random((len(signal), 1)) > truth.cumsum(axis=1)).sum(axis=1)
    return scores, np.array(CLASSES)[drawn.clip(max=len(CLASSES) - 1)]


def _numbers(rng: np.random.Generator, signal: Signal, true: Signal) -> Outcomes:
    noise = rng.normal(size=len(signal)) * _spread(signal)
    return 10 * signal, 10 * (true + noise)


def _quantiles(rng: np.random.Generator, signal: Signal, true: Signal) -> Outcomes:
    centre, labels = _numbers(rng, signal, true)
    return centre[:, None] + 10 * np.outer(_spread(signal), norm.ppf(LEVELS)), labels


def _spread(signal: Signal) -> Signal:
    """Return the standard deviation of a label, in tens."""
    return 0.5 + 0.3 * np.abs(signal)


def _softmax(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(odds)
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


OUTCOMES: dict[str, Callable[[np.random.Generator, Signal, Signal], Outcomes]] = {
    "binary": _binary,
    "multiclass": _classes,
    "regression": _numbers,
    "quantile": _quantiles,
}


Columns = dict[str, NDArray[np.generic]]
# Columns, shift of the log-odds of the labels, share of the signal that is lost.
Shifted = tuple[Columns, float, float]


def _column(rng: np.random.Generator, rows: int, place: int) -> NDArray[np.generic]:
    match place % 5:
        case 0:
            return rng.normal(size=rows)
        case 1:
            return rng.lognormal(size=rows)
        case 2:
            return rng.poisson(3, rows).astype(float)
        case 3:
            return np.where(rng.random(rows) < 0.8, 0.0, rng.random(rows))
        case _:
            return rng.choice(SHOPS, rows, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02])


def _mean(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Shift one numeric feature by a quarter of its standard deviation: a PSI of about 0.06."""
    return {**columns, "x000": columns["x000"] + 0.25 * size}, 0.0, 0.0


def _few(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Shift five numeric features by a PSI of 0.03 each."""
    small = {name: columns[name] + 0.174 * size for name in ("x000", "x005", "x010", "x015")}
    return {**columns, **small, "x001": columns["x001"] * np.exp(0.174 * size)}, 0.0, 0.0


def _category(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Move 6 % of the rows of all categories to one rare category."""
    name = "x004"
    taken = rng.random(len(columns[name])) < 0.06 * size
    return {**columns, name: np.where(taken, SHOPS[-1], columns[name])}, 0.0, 0.0


def _corner(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Correlate two independent numeric features; the distribution of each stays the same."""
    x, noise = columns["x000"], columns["x005"]
    return {**columns, "x005": 0.8 * size * x + np.sqrt(1 - (0.8 * size) ** 2) * noise}, 0.0, 0.0


def _label(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Make positive labels more frequent at every score."""
    return columns, 0.6 * size, 0.0


def _concept(rng: np.random.Generator, columns: Columns, size: float) -> Shifted:
    """Halve the effect of the features on the labels."""
    return columns, 0.0, 0.5 * size


SHIFTS: dict[str, Callable[[np.random.Generator, Columns, float], Shifted]] = {
    "one number": _mean,
    "five, PSI 0.03 each": _few,
    "one category": _category,
    "one corner": _corner,
    "more positive labels": _label,
    "concept drift": _concept,
}
