"""Benchmark of the cost of a drift check by problem type, on the same features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.drift_cost import TRIMTAB, measured, wide_columns
from benchmarks.drift_results import save
from benchmarks.drift_windows import OUTCOMES

REFERENCE_ROWS, ROWS_AT_ONCE = 200_000, 250_000
COLUMNS = {  # of predictions; classes in the order of their names, as the outcomes have them
    "binary": ["score"],
    "multiclass": ["probability_early", "probability_late", "probability_on time"],
    "regression": ["prediction"],
    "quantile": ["quantile_0.1", "quantile_0.5", "quantile_0.9"],
}


@click.command("cost-by-type")
@click.option("--rows", default=1_000_000, show_default=True)
@click.option(
    "--rounds", default=3, show_default=True, help="The types take turns; the fastest round counts."
)
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder for the tables.")
def cost_by_type(rows: int, rounds: int, data: Path) -> None:
    """Measure a check of 50 columns, predictions and labels, for each problem type."""
    tables = {problem: write_table(data, problem, rows) for problem in OUTCOMES}
    rounds_of: dict[str, list[Any]] = {problem: [] for problem in OUTCOMES}
    for _ in range(rounds):
        for problem, now in tables.items():
            known, out = data / f"reference-{problem}.json", data / f"out-{problem}"
            check = [*TRIMTAB, "check", "--reference", known, "--current", now, "--out", out]
            rounds_of[problem].append(measured([*check, *options(problem)], data))
    best = {problem: min(each, key=lambda one: one.cpu) for problem, each in rounds_of.items()}
    for problem, one in best.items():
        row = {
            "rows": rows,
            "problem type": problem,
            "processor seconds": one.cpu,
            "relative to binary": one.cpu / best["binary"].cpu,
            "peak MB": round(one.peak_mb),
        }
        click.echo(row)
        save("cost by type", [row])


def options(problem: str) -> list[str]:
    """Return the options of a command that name a problem type and its columns."""
    scores = [part for name in COLUMNS[problem] for part in ("--score", name)]
    return ["--problem-type", problem, *scores, "--label", "label"]


def write_table(data: Path, problem: str, rows: int) -> Path:
    """Write a window of a problem type, and its reference profile; return the window's file."""
    now, before = (data / f"{name}-{problem}.parquet" for name in (f"now-{rows}", "reference"))
    for seed, (file, number) in enumerate(((before, REFERENCE_ROWS), (now, rows))):
        if not file.exists():
            _write(file, problem, number, np.random.default_rng(seed))
    known = data / f"reference-{problem}.json"
    if not known.exists():
        measured([*TRIMTAB, "reference", "--data", before, "--out", known, *options(problem)], data)
    return now


def _write(file: Path, problem: str, rows: int, rng: np.random.Generator) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = None
    for start in range(0, rows, ROWS_AT_ONCE):
        columns = wide_columns(rng, min(ROWS_AT_ONCE, rows - start))
        signal = columns["n00"] + 0.5 * columns["n01"] - 0.3 * columns["n02"]
        predictions, labels = OUTCOMES[problem](rng, signal, signal)
        scores = predictions.reshape(len(signal), -1).T
        table = pa.table({**columns, **dict(zip(COLUMNS[problem], scores, strict=True)), "label": labels})
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
