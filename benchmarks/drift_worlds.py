"""Worlds that stand still, and worlds that move in ways a monitor should notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SHOPS = [f"shop {number}" for number in range(8)]


@dataclass(frozen=True)
class Window:
    """Some rows, with the scores of a model and what became of them."""

    features: pd.DataFrame
    scores: NDArray[np.float64]
    labels: NDArray[np.int64]

    def table(self) -> pd.DataFrame:
        """Return all of it as columns."""
        return self.features.assign(score=self.scores, outcome=self.labels)


def draw(seed: int, rows: int, features: int, *, shift: str = "none", size: float = 1.0) -> Window:
    """Draw a window of independent rows.

    Four of five features are numbers: normal, log-normal, counts, or mostly zero. Every fifth is a category.
    The model is calibrated, and leans on the first three.

    Args:
        seed: Of everything random.
        rows: How many.
        features: How many, 5 or more.
        shift: One of ``SHIFTS``, or ``none``.
        size: How far it has gone, 0 to 1.
    """
    rng = np.random.default_rng(seed)
    columns = {f"x{place:03}": _column(rng, rows, place) for place in range(features)}
    moved, odds_shift, flipped = SHIFTS[shift](rng, columns, size) if shift in SHIFTS else (columns, 0.0, 0.0)
    frame = pd.DataFrame(moved)
    signal = frame["x000"] + 0.5 * frame["x001"].clip(upper=4) - 0.3 * frame["x002"]
    scores = 1 / (1 + np.exp(1.2 - signal.to_numpy()))
    truth = 1 / (1 + np.exp(1.2 - odds_shift - (1 - flipped) * signal.to_numpy()))
    return Window(frame, scores, (rng.random(rows) < truth).astype(np.int64))


Columns = dict[str, NDArray[np.generic]]
Moved = tuple[Columns, float, float]  # columns, added to the log-odds of outcomes, share of the signal lost


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


def _mean(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """One number moves by a quarter of its standard deviation: a PSI of about 0.06."""
    return {**columns, "x000": columns["x000"] + 0.25 * size}, 0.0, 0.0


def _few(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """Of five numbers none moves far: each by a PSI of 0.03."""
    small = {name: columns[name] + 0.174 * size for name in ("x000", "x005", "x010", "x015")}
    return {**columns, **small, "x001": columns["x001"] * np.exp(0.174 * size)}, 0.0, 0.0


def _category(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """One rare category takes 6 % of the rows that others had."""
    name = "x004"
    taken = rng.random(len(columns[name])) < 0.06 * size
    return {**columns, name: np.where(taken, SHOPS[-1], columns[name])}, 0.0, 0.0


def _corner(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """Two numbers that were independent go together; each by itself stays as it was."""
    x, noise = columns["x000"], columns["x005"]
    return {**columns, "x005": 0.8 * size * x + np.sqrt(1 - (0.8 * size) ** 2) * noise}, 0.0, 0.0


def _label(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """Outcomes become more frequent at every score."""
    return columns, 0.6 * size, 0.0


def _concept(rng: np.random.Generator, columns: Columns, size: float) -> Moved:
    """The features stay, but say half as much."""
    return columns, 0.0, 0.5 * size


SHIFTS: dict[str, Callable[[np.random.Generator, Columns, float], Moved]] = {
    "one number": _mean,
    "five, PSI 0.03 each": _few,
    "one category": _category,
    "one corner": _corner,
    "more outcomes": _label,
    "another concept": _concept,
}
