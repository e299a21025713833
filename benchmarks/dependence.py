"""How often intervals cover the truth, and equal models are promoted, if rows depend on each other.

``python -m benchmarks.dependence [--docs]``. Rows follow each other in time, with errors that persist
(a first-order autoregression), or belong to groups that share a part of their errors. Each window is
resampled by rows, and by blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from trimtab.learning import BINARY, PROBLEM_TYPES, Bootstrap, Floats, ProblemType, Units, to_blocks
from trimtab.registry.promotion import compare_scores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "model-gates.md"
CONFIDENCE = 0.95
ROWS, GROUPS = 600, 60
TRUTH_ROWS = 400_000  # independent ones, whose metric is the truth
OWN_NOISE = 1.0  # of each of two equal models, relative to the signal
HEAD = (
    "| rows | metric | covered, rows drawn | covered, blocks drawn | equal promoted, rows drawn |"
    " equal promoted, blocks drawn |\n|---|---|---|---|---|---|\n"
)

Draw = Callable[[np.random.Generator, int, int], Floats]  # of (rows, columns) standard normal values
Drawn = tuple[NDArray[Any], Floats, Floats]  # labels, predictions of two equal models


@dataclass(frozen=True)
class Dependence:
    """How rows depend on each other.

    Attributes:
        name: For the table.
        draw: Draws normal values that depend on each other by row.
        units: The units that a project would declare.
    """

    name: str
    draw: Draw
    units: Units


def in_time(strength: float) -> Dependence:
    """Return rows in time, each of which keeps a share of the row before."""

    def draw(random: np.random.Generator, rows: int, columns: int) -> Floats:
        shocks = random.normal(size=(rows, columns))
        shocks[1:] *= (1 - strength**2) ** 0.5
        found: Floats = lfilter([1.0], [1.0, -strength], shocks, axis=0)
        return found

    name = f"in time, autocorrelation {strength:g}" if strength else "in time, independent"
    return Dependence(name, draw, Units("time", np.arange(ROWS), ordered=True))


def in_groups(share: float) -> Dependence:
    """Return rows in groups of equal size, which share a part of the variance."""
    group = np.arange(ROWS) % GROUPS

    def draw(random: np.random.Generator, rows: int, columns: int) -> Floats:
        shared = random.normal(size=(GROUPS, columns))[group]
        return share**0.5 * shared + (1 - share) ** 0.5 * random.normal(size=(rows, columns))

    return Dependence(
        f"{GROUPS} groups that share {share:.0%} of the variance", draw, Units("group", group, ordered=False)
    )


def independent(random: np.random.Generator, rows: int, columns: int) -> Floats:
    """Draw independent normal values."""
    return random.normal(size=(rows, columns))


def draw_binary(random: np.random.Generator, rows: int, draw: Draw) -> Drawn:
    """Return labels, of which a quarter is positive, and the probabilities of two models."""
    signal, unseen, *noise = draw(random, rows, 4).T
    labels = random.random(rows) < 1 / (1 + np.exp(1.35 - 1.2 * signal - unseen))
    one, other = (1 / (1 + np.exp(1.35 - signal - OWN_NOISE * each)) for each in noise)
    return labels, one, other


def draw_classes(random: np.random.Generator, rows: int, draw: Draw) -> Drawn:
    """Return three classes, and the probabilities of two models."""
    signal, unseen, *noise = np.split(draw(random, rows, 12), 4, axis=1)
    truth = _softmax(signal + unseen - [0, 0.5, 1])
    labels = (random.random((rows, 1)) > truth.cumsum(axis=1)).sum(axis=1).clip(max=2)
    one, other = (_softmax(signal + OWN_NOISE * each - [0, 0.5, 1]) for each in noise)
    return labels, one, other


def draw_numbers(random: np.random.Generator, rows: int, draw: Draw) -> Drawn:
    """Return numbers, and the predictions of two models."""
    signal, unseen, *noise = draw(random, rows, 4).T
    one, other = (100 * signal + 50 * OWN_NOISE * each for each in noise)
    return 100 * signal + 50 * unseen, one, other


def _softmax(values: Floats) -> Floats:
    exponents = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Case:
    """A metric of a problem type."""

    problem: ProblemType
    metric: str
    draw: Callable[[np.random.Generator, int, Draw], Drawn]

    def rates(self, dependence: Dependence, windows: int, resamples: int) -> list[float]:
        """Return the share of covered truths by rows and by blocks, and that of promoted equal models."""
        metric = self.problem.metrics[self.metric]
        labels, one, _ = self.draw(np.random.default_rng(0), TRUTH_ROWS, independent)
        truth = self.problem.figure(metric, labels, one)
        found = []
        for number in range(windows):
            labels, one, other = self.draw(np.random.default_rng([1, number]), ROWS, dependence.draw)
            blocks = to_blocks([dependence.units], self.problem.row_errors(labels, one))
            statistic = self.problem.statistic(metric, labels, one)
            estimates = [
                Bootstrap(resamples, CONFIDENCE, 0, drawn).estimates([statistic], ROWS)[0]
                for drawn in ((), blocks)
            ]
            pairs = [
                compare_scores(
                    labels,
                    (one, other),
                    [metric],
                    confidence=CONFIDENCE,
                    resamples=resamples,
                    problem=self.problem,
                    units=units,
                )[self.metric]
                for units in ((), (dependence.units,))
            ]
            covered = [estimate.low <= truth <= estimate.high for estimate in estimates]
            found.append([*covered, *(pair.low > 0 for pair in pairs)])
        return [float(share) for share in np.mean(found, axis=0)]


def cases() -> list[Case]:
    """Return the metrics that are simulated: the default one of each problem type."""
    return [
        Case(BINARY, "roc_auc", draw_binary),
        Case(PROBLEM_TYPES["multiclass"].with_classes("abc"), "log_loss", draw_classes),
        Case(PROBLEM_TYPES["regression"], "mae", draw_numbers),
    ]


def lines(windows: int, resamples: int) -> Iterator[str]:
    """Yield a row of the table for each kind of dependence and metric."""
    for dependence in (*map(in_time, (0.0, 0.5, 0.8)), in_groups(0.3)):
        for case in cases():
            rates = " | ".join(f"{rate:.1%}" for rate in case.rates(dependence, windows, resamples))
            yield f"| {dependence.name} | `{case.metric}`, {case.problem.name} | {rates} |\n"


@click.command()
@click.option("--windows", default=1000, show_default=True, help="Simulated windows per row of the table.")
@click.option("--resamples", default=300, show_default=True, help="Resamples of each.")
@click.option("--docs", is_flag=True, help="Write the table into docs/model-gates.md.")
def main(windows: int, resamples: int, docs: bool) -> None:
    """Simulate, and show the table."""
    table = HEAD + "".join(lines(windows, resamples))
    command = f"python -m benchmarks.dependence --windows {windows} --resamples {resamples}"
    note = f"{windows:,} simulated windows of {ROWS} rows: `{command}`."
    click.echo(f"{table}\n{note}")
    if docs:
        part = re.compile(r"(<!-- dependence -->\n).*?(?=\n## )", re.S)
        new = part.sub(lambda found: f"{found[1]}{table}\n{note}\n", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
