"""Benchmark of the rules that retrain: share of the gain of retraining every window, on simulated series.

``python -m benchmarks.policies [--docs]``. A series says what each model loses in each window: a concept
moves, and a model that was trained before a window has learnt where it was one window earlier. The losses
that are measured have errors. The decisions are those of the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from trimtab.drift import (
    DriftPolicy,
    LastRetrain,
    Measurement,
    PastWindow,
    build_reference,
    decide,
    measure,
)
from trimtab.drift.measurement import ComparedValue

PAGE = Path(__file__).resolve().parents[1] / "docs" / "drift.md"
WINDOWS = 24
ERROR, PAIRED = (
    0.05,
    0.0125,
)  # standard errors of a loss of about 1, and of the gain of one model over another
SURE = 1.645  # standard errors for a confidence of 95 %

Floats = NDArray[np.float64]


def steady(random: np.random.Generator) -> Floats:
    """A concept that moves equally far in each window."""
    return 0.1 * np.arange(WINDOWS + 1)


def slow(random: np.random.Generator) -> Floats:
    """A concept that moves so slowly that no single window shows it."""
    return 0.04 * np.arange(WINDOWS + 1)


def random_walk(random: np.random.Generator) -> Floats:
    """A concept that moves in any direction."""
    return np.cumsum(random.normal(0, 0.2, WINDOWS + 1))


def abrupt(random: np.random.Generator) -> Floats:
    """A concept that moves once, at any time."""
    return (np.arange(WINDOWS + 1) >= random.integers(2, WINDOWS - 4)).astype(float)


def twice(random: np.random.Generator) -> Floats:
    """A concept that moves twice, at any times."""
    first, second = random.choice(np.arange(2, WINDOWS - 2), 2, replace=False)
    return sum((np.arange(WINDOWS + 1) >= time).astype(float) for time in (first, second)) + 0.0


def seasonal(random: np.random.Generator) -> Floats:
    """A concept that comes back after twelve windows."""
    return 0.7 * np.sin(2 * np.pi * np.arange(WINDOWS + 1) / 12 + random.uniform(0, 6))


def still(random: np.random.Generator) -> Floats:
    """A concept that does not move."""
    return np.zeros(WINDOWS + 1)


KINDS: Mapping[str, tuple[Callable[[np.random.Generator], Floats], float]] = {
    "none": (still, 0.0),
    "none, but some windows are harder": (still, 0.1),
    "slow": (slow, 0.0),
    "steady": (steady, 0.0),
    "steady, and some windows are harder": (steady, 0.1),
    "random walk": (random_walk, 0.0),
    "abrupt": (abrupt, 0.0),
    "abrupt, twice": (twice, 0.0),
    "seasonal": (seasonal, 0.0),
}


@dataclass(frozen=True)
class Series:
    """What each model loses in each window, truly and as measured; of shape (n_models, n_windows)."""

    true: Floats
    seen: Floats

    @classmethod
    def draw(cls, kind: str, seed: int) -> Series:
        """Draw a series."""
        move, harder = KINDS[kind]
        random = np.random.default_rng(seed)
        concept = move(random)
        learnt = np.r_[concept[0], concept[:-1]]
        base = 1 + harder * np.sin(2 * np.pi * np.arange(WINDOWS + 1) / 12 + random.uniform(0, 6))
        true = base + np.abs(concept - learnt[:, None]) ** 1.5
        shared = random.normal(0, ERROR, WINDOWS + 1)
        own = random.normal(0, PAIRED / np.sqrt(2), true.shape)
        return cls(true, true + shared + own)


@dataclass(frozen=True)
class Rules:
    """Which of the rules apply.

    Attributes:
        policy: The policy.
        second_try: Whether a first refusal is followed by one more retrain.
        expects_gain: Whether the model before is compared.
    """

    policy: DriftPolicy
    second_try: bool = True
    expects_gain: bool = True

    def replay(self, series: Series, template: Measurement) -> tuple[float, int]:
        """Return the mean true loss, and the number of retrains."""
        live, before, loss, retrains, history = 0, None, 0.0, 0, list[PastWindow]()
        for window in range(1, WINDOWS + 1):
            loss += series.true[live, window]
            verdict = decide(
                _measured(series, live, window, template),
                self.policy,
                history,
                champion=str(live),
                last_retrain=self._last_retrain(series, live, before, window),
            )
            past = PastWindow(window=f"w{window:02}", champion=str(live), decision=verdict.decision)
            if verdict.decision == "retrain":
                retrains += 1
                better = series.seen[live, window] - series.seen[window, window] > SURE * PAIRED
                refused = "refused" if self.second_try else "failed"
                past = past.model_copy(update={"outcome": "promoted" if better else refused})
                live, before = (window, live) if better else (live, before)
            history.append(past)
        return loss / WINDOWS, retrains

    def _last_retrain(self, series: Series, live: int, before: int | None, window: int) -> LastRetrain | None:
        if before is None or not self.expects_gain:
            return None
        gain = float(series.seen[before, window] - series.seen[live, window])
        return LastRetrain(str(before), gain, gain - SURE * PAIRED, (window - live) / (live - before))


DEFAULT = DriftPolicy(metric="mae")
# A third of the rate is the level that each of six tests had.
EQUAL = DriftPolicy(metric="mae", false_alarm_rate=DEFAULT.false_alarm_rate / 3)
VARIANTS = {
    "a drop only": Rules(EQUAL, second_try=False, expects_gain=False),
    "and a second try": Rules(EQUAL, expects_gain=False),
    "and half of the false alarm rate": Rules(DEFAULT, expects_gain=False),
    "and the gain of the last retrain: the defaults": Rules(DEFAULT),
    "`max_age: 3` beside them": Rules(DEFAULT.model_copy(update={"max_age": 3})),
}


def _template() -> Measurement:
    """Return the measurement of a window without drift, whose figures are then replaced."""
    import pandas as pd

    random = np.random.default_rng(0)
    table = pd.DataFrame({"x": random.normal(size=1000)})
    labels = table["x"] + random.normal(size=1000)
    reference = build_reference(table, table["x"], labels, problem_type="regression")
    return measure(reference, table, table["x"], labels, metric="mae")


def _measured(series: Series, live: int, window: int, template: Measurement) -> Measurement:
    predictions = template.predictions
    assert predictions is not None, "the template has predictions"
    figure = ComparedValue(
        float(series.seen[live, live]), float(series.seen[live, window]), float(np.sqrt(2) * ERROR)
    )
    performance: dict[str, Any] = {**predictions.performance, "mae": figure}
    return replace(template, predictions=replace(predictions, performance=performance))


def row(kind: str, number: int, template: Measurement) -> str:
    """Return a row of the table: for each variant, the share of the gain and the share of the retrains."""
    drawn = [Series.draw(kind, seed) for seed in range(number)]
    windows = np.arange(1, WINDOWS + 1)
    frozen = np.mean([series.true[0, windows].mean() for series in drawn])
    every = np.mean([series.true[windows - 1, windows].mean() for series in drawn])
    cells = [kind]
    for rules in VARIANTS.values():
        losses, retrains = zip(*(rules.replay(series, template) for series in drawn), strict=True)
        share = f"{(frozen - np.mean(losses)) / (frozen - every):.0%} for " if frozen > every else ""
        cells.append(f"{share}{np.mean(retrains) / WINDOWS:.0%}")
    return f"| {' | '.join(cells)} |\n"


@click.command()
@click.option("--number", default=100, show_default=True, help="Series of each kind.")
@click.option("--docs", is_flag=True, help="Write the table into docs/drift.md.")
def main(number: int, docs: bool) -> None:
    """Simulate, and show the table."""
    template = _template()
    head = f"| drift | {' | '.join(VARIANTS)} |\n|{'---|' * (len(VARIANTS) + 1)}\n"
    table = head + "".join(row(kind, number, template) for kind in KINDS)
    click.echo(table)
    if docs:
        part = re.compile(r"(<!-- policies -->\n\n).*?(\n<!-- end of policies -->)", re.S)
        page = part.sub(lambda found: f"{found[1]}{table}{found[2]}", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
