"""How often one of two equal trained models is promoted, for each problem type and format of model files.

``python -m benchmarks.equal_models [--docs]``. The two are a model and its mirror image
(:mod:`benchmarks.mirrored_models`), which are equal given their training rows. So windows are independent
although a trained pair is tried on several of them: each pair has a share of its own that is promoted, and
the interval of a cell is, if anything, too wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import pandas as pd
from scipy.stats import binomtest

from benchmarks.figures import fill
from benchmarks.mirrored_models import CELLS, Pair, draw, train_pairs
from trimtab.learning import PROBLEM_TYPES
from trimtab.registry.promotion import compare_scores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registry.md"
CONFIDENCE, RESAMPLES = 0.95, 300
TRAINED = 40  # pairs of a cell
HEAD = (
    "| problem type | format | metric | rows | promoted by two points |"
    f" by the bootstrap ({CONFIDENCE:.0%}) |\n"
    "|---|---|---|---|---|---|"
)


def promotions(pairs: Sequence[Pair], rows: int, windows: int, *, stream: int) -> Iterator[tuple[bool, bool]]:
    """Yield for each window whether the challenger is promoted by two points, and by the bootstrap.

    Args:
        pairs: Trained pairs of challenger and champion, which take turns.
        rows: Rows of a window.
        windows: Number of windows, each drawn afresh.
        stream: Another stream draws other windows.
    """
    problem = pairs[0][0].problem
    metric = problem.metrics[problem.default_metric]
    for number in range(windows):
        window = draw(problem.name, rows, np.random.default_rng([1, stream, rows, number]))
        challenger, champion = (model.predict(window.features) for model in pairs[number % len(pairs)])
        found = compare_scores(
            problem.read_labels(pd.Series(window.labels, name="label")),
            (challenger, champion),
            [metric],
            confidence=CONFIDENCE,
            resamples=RESAMPLES,
            seed=number,
            problem=problem,
        )[metric.name]
        yield found.gain > 0, found.low > 0


def line(problem: str, format_: str, rows: int, windows: int) -> str:
    """Return a row of the table."""
    with TemporaryDirectory() as folder:
        pairs = list(islice(train_pairs(problem, format_, Path(folder)), TRAINED))
        stream = CELLS.index((problem, format_))
        by_points, surely = zip(*promotions(pairs, rows, windows, stream=stream), strict=True)
    metric = PROBLEM_TYPES[problem].default_metric
    return f"| {problem} | {format_} | `{metric}` | {rows:,} | {_share(by_points)} | {_share(surely)} |"


def _share(promoted: Sequence[bool]) -> str:
    """Return a share with its 95 % interval (Clopper and Pearson 1934)."""
    interval = binomtest(sum(promoted), len(promoted)).proportion_ci()
    return f"{np.mean(promoted):.1%} ({interval.low:.1%} to {interval.high:.1%})"


@click.command()
@click.option("--windows", default=2000, show_default=True, help="Windows per row of the table.")
@click.option("--rows", default=(500,), show_default=True, multiple=True, help="Rows of a window.")
@click.option("--docs", is_flag=True, help="Write the table into docs/registry.md.")
def main(windows: int, rows: tuple[int, ...], docs: bool) -> None:
    """Train, compare, and show the table."""
    lines = [HEAD]
    click.echo(HEAD)
    for size in rows:
        for problem, format_ in CELLS:
            lines.append(line(problem, format_, size, windows))
            click.echo(lines[-1])
    sizes = "".join(f" --rows {size}" for size in rows)
    note = (
        f"{windows:,} windows for each row of the table, with 95 % intervals (Clopper and Pearson 1934):"
        f" `python -m benchmarks.equal_models --windows {windows}{sizes}`."
    )
    if docs:
        fill(PAGE, {"equal models": "\n".join([*lines, "", note])})


if __name__ == "__main__":
    main()
