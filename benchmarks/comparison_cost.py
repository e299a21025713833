"""Benchmark of the cost of a model comparison by problem type.

``python -m benchmarks.comparison_cost [--docs]``. The types take turns, and the best round of each counts.
Each round draws resamples of its own, which are otherwise kept for the next comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import click
import numpy as np

from benchmarks.figures import fill
from trimtab.learning import PROBLEM_TYPES, ProblemType
from trimtab.registry.promotion import compare_scores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registry.md"
CONFIDENCE = 0.95
HEAD = "| rows | problem type | metric | processor seconds | relative to binary |\n|---|---|---|---|---|"
TYPES = [
    PROBLEM_TYPES["binary"],
    PROBLEM_TYPES["multiclass"].with_classes("abc"),
    PROBLEM_TYPES["regression"],
    PROBLEM_TYPES["quantile"].with_levels((0.1, 0.5, 0.9)),
]


def seconds_to_compare(problem: ProblemType, rows: int, resamples: int, seed: int) -> float:
    """Return the processor seconds of a comparison in the default metric."""
    example = problem.example(rows, seed)
    assert example is not None, "the classes and levels are known"
    labels, predictions = example
    began = process_time()
    compare_scores(
        labels,
        (predictions, np.roll(predictions, 1, axis=0)),
        [problem.metrics[problem.default_metric]],
        confidence=CONFIDENCE,
        resamples=resamples,
        seed=seed,
        problem=problem,
    )
    return process_time() - began


def lines(rows: int, resamples: int, rounds: int) -> Iterator[str]:
    """Yield a row of the table for each problem type."""
    best = dict.fromkeys((problem.name for problem in TYPES), float("inf"))
    for number in range(rounds):
        for place, problem in enumerate(TYPES):
            seconds = seconds_to_compare(problem, rows, resamples, seed=number * len(TYPES) + place)
            best[problem.name] = min(best[problem.name], seconds)
    for problem in TYPES:
        seconds = best[problem.name]
        yield (
            f"| {rows:,} | {problem.name} | `{problem.default_metric}` | {seconds:.1f} |"
            f" {seconds / best['binary']:.2f} |"
        )


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--resamples", default=100, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--docs", is_flag=True, help="Write the table into docs/registry.md.")
def main(rows: int, resamples: int, rounds: int, docs: bool) -> None:
    """Compare two models, and show the table."""
    table = "\n".join([HEAD, *lines(rows, resamples, rounds)])
    note = f"{resamples} resamples: `python -m benchmarks.comparison_cost --resamples {resamples}`."
    click.echo(f"{table}\n\n{note}")
    if docs:
        fill(PAGE, {"comparison cost": f"{table}\n\n{note}"})


if __name__ == "__main__":
    main()
