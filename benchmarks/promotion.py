"""How often a challenger is promoted that is no better: two points compared, and the paired bootstrap.

``python -m benchmarks.promotion [--docs]``. Both models see the same signal through noise of their own. Of
equal models the noise is equally large, so their true figures are the same; the better one's is smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import fill
from trimtab.learning import BINARY, PROBLEM_TYPES, Floats, ProblemType
from trimtab.registry.promotion import compare_scores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registry.md"
CONFIDENCE, RESAMPLES = 0.95, 300
EQUAL, BETTER = 1.0, 0.9  # size of the challenger's noise; the champion's is 1
CLASSES = 3
TAIL = 3  # degrees of freedom of the errors of regressors: the lower, the heavier are the tails
HEAD = (
    f"| metric | rows | equal, by two points | equal, by the bootstrap ({CONFIDENCE:.0%}) | better by |"
    " by the bootstrap |\n|---|---|---|---|---|---|\n"
)

Drawn = tuple[NDArray[Any], Floats, Floats]  # labels, predictions of challenger and champion


@dataclass(frozen=True)
class Case:
    """A metric of a problem type.

    Attributes:
        problem: The problem type, with its classes.
        metric: The name of the metric.
        draw: Draws a window of ``rows`` rows, for a size of the challenger's noise and a seed.
        rows: The sizes of the window.
    """

    problem: ProblemType
    metric: str
    draw: Callable[[int, float, int], Drawn]
    rows: tuple[int, ...]

    def rates(self, rows: int, noise: float, pairs: int, resamples: int) -> tuple[float, float, float]:
        """Return the share promoted by two points, that by the bootstrap, and the mean gain."""
        found = []
        for seed in range(pairs):
            labels, new, old = self.draw(rows, noise, seed)
            pair = compare_scores(
                labels,
                (new, old),
                [self.problem.metrics[self.metric]],
                confidence=CONFIDENCE,
                resamples=resamples,
                problem=self.problem,
            )[self.metric]
            found.append((pair.gain > 0, pair.low > 0, pair.gain))
        points, surely, gain = np.mean(found, axis=0)
        return float(points), float(surely), float(gain)


def draw_binary(rows: int, noise: float, seed: int) -> Drawn:
    """Return labels, of which a quarter is positive, and the scores of challenger and champion."""
    random = np.random.default_rng([rows, seed])
    signal = random.normal(size=rows)
    labels = random.random(rows) < 1 / (1 + np.exp(1.35 - 1.2 * signal))
    challenger, champion = (signal + size * random.normal(size=rows) for size in (noise, 1.0))
    return labels, 1 / (1 + np.exp(-challenger)), 1 / (1 + np.exp(-champion))


def draw_classes(rows: int, noise: float, seed: int) -> Drawn:
    """Return classes, of which the last one is rare, and the probabilities of challenger and champion."""
    random = np.random.default_rng([rows, seed])
    signal = 1.5 * random.normal(size=(rows, CLASSES)) - [0, 0.5, 1.5]
    labels = (random.random((rows, 1)) > _softmax(signal).cumsum(axis=1)).sum(axis=1).clip(max=CLASSES - 1)
    challenger, champion = (
        _softmax(signal + size * random.normal(size=(rows, CLASSES))) for size in (noise, 1.0)
    )
    return labels, challenger, champion


def draw_numbers(rows: int, noise: float, seed: int) -> Drawn:
    """Return numbers, and the predictions of challenger and champion, whose errors have heavy tails."""
    random = np.random.default_rng([rows, seed])
    labels = random.normal(1_000, 300, rows)
    challenger, champion = (labels + 50 * size * random.standard_t(TAIL, rows) for size in (noise, 1.0))
    return labels, challenger, champion


def _softmax(values: Floats) -> Floats:
    exponents = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return shares


def cases() -> list[Case]:
    """Return the metrics that are simulated."""
    import pandas as pd

    classes = PROBLEM_TYPES["multiclass"].with_classes_of((), [pd.Series([*"abc"])])
    return [
        Case(BINARY, "roc_auc", draw_binary, (300, 1_000, 3_000)),
        *(Case(classes, name, draw_classes, (500,)) for name in ("log_loss", "f1_macro")),
        *(Case(PROBLEM_TYPES["regression"], name, draw_numbers, (500,)) for name in ("mae", "rmse")),
    ]


def lines(pairs: int, resamples: int, problem: str | None = None) -> Iterator[str]:
    """Yield a row of the table for each case and size of the window."""
    for case in cases():
        if problem not in (None, case.problem.name):
            continue
        for rows in case.rows:
            points, surely, _ = case.rates(rows, EQUAL, pairs, resamples)
            _, power, gain = case.rates(rows, BETTER, pairs, resamples)
            show = case.problem.format_figure(gain)
            yield (
                f"| `{case.metric}`, {case.problem.name} | {rows:,} | {points:.1%} | {surely:.1%} | {show} |"
                f" {power:.0%} |\n"
            )


@click.command()
@click.option("--pairs", default=1000, show_default=True, help="Pairs of models per cell.")
@click.option("--resamples", default=RESAMPLES, show_default=True, help="Resamples of a comparison.")
@click.option("--problem", help="Simulate one problem type only.")
@click.option("--docs", is_flag=True, help="Write the table into docs/registry.md.")
def main(pairs: int, resamples: int, problem: str | None, docs: bool) -> None:
    """Simulate, and show the table."""
    table = HEAD + "".join(lines(pairs, resamples, problem))
    note = f"{pairs:,} simulated pairs of models per cell: `python -m benchmarks.promotion`."
    click.echo(f"{table}\n{note}")
    if docs:
        fill(PAGE, {"simulation": f"{table}\n{note}"})


if __name__ == "__main__":
    main()
