"""How often a challenger is promoted that is no better: two points compared, and the paired bootstrap.

``python -m benchmarks.promotion [--docs]``. Both models see the same signal through noise of their own. Of
equal models the noise is equally large, so their true AUCs are the same; the better one's is smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from trimtab.learning import BINARY, Floats, Labels
from trimtab.registry.promotion import compare_scores

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registry.md"
CONFIDENCE, RESAMPLES = 0.95, 300
EQUAL, BETTER = 1.0, 0.9  # size of the challenger's noise; the champion's is 1
HEAD = f"""\
| rows | equal, by two points | equal, by the bootstrap ({CONFIDENCE:.0%}) | better by | by the bootstrap |
|---|---|---|---|---|
"""


def draw(rows: int, noise: float, seed: int) -> tuple[Labels, Floats, Floats]:
    """Return labels, of which a quarter is positive, and the scores of challenger and champion."""
    random = np.random.default_rng([rows, seed])
    signal = random.normal(size=rows)
    labels = random.random(rows) < 1 / (1 + np.exp(1.35 - 1.2 * signal))
    challenger, champion = (signal + size * random.normal(size=rows) for size in (noise, 1.0))
    return labels, 1 / (1 + np.exp(-challenger)), 1 / (1 + np.exp(-champion))


def rates(rows: int, noise: float, pairs: int) -> tuple[float, float, float]:
    """Return the share promoted by two points, that by the bootstrap, and the mean gain in AUC."""
    found = []
    for seed in range(pairs):
        labels, new, old = draw(rows, noise, seed)
        pair = compare_scores(
            labels, (new, old), [BINARY.metrics["roc_auc"]], confidence=CONFIDENCE, resamples=RESAMPLES
        )
        found.append((pair["roc_auc"].gain > 0, pair["roc_auc"].low > 0, pair["roc_auc"].gain))
    points, surely, gain = np.mean(found, axis=0)
    return float(points), float(surely), float(gain)


def lines(pairs: int) -> Iterator[str]:
    """Yield a row of the table per size of the window."""
    for rows in (300, 1000, 3000):
        points, surely, _ = rates(rows, EQUAL, pairs)
        _, power, gain = rates(rows, BETTER, pairs)
        yield f"| {rows:,} | {points:.1%} | {surely:.1%} | {gain:.3f} AUC | {power:.0%} |\n"


@click.command()
@click.option("--pairs", default=1000, show_default=True, help="Pairs of models per cell.")
@click.option("--docs", is_flag=True, help="Write the table into docs/registry.md.")
def main(pairs: int, docs: bool) -> None:
    """Simulate, and show the table."""
    table = HEAD + "".join(lines(pairs))
    note = f"{pairs:,} simulated pairs of models per cell: `python -m benchmarks.promotion`."
    click.echo(f"{table}\n{note}")
    if docs:
        part = re.compile(r"(<!-- simulation -->\n).*?(?=\n## )", re.S)
        new = part.sub(lambda found: f"{found[1]}{table}\n{note}\n", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
