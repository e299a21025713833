"""Benchmark of the cost of a drift check, compared with other libraries."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.drift_results import save
from benchmarks.measure import Measurement
from benchmarks.measure import measure as measure_command
from trimtab.drift import DriftPolicy
from trimtab.drift.statistics import benjamini_hochberg

NAMES = ("before", "now")
TRIMTAB = [sys.executable, "-c", "from trimtab.cli.main import main; main()", "drift"]
SHIFTED = tuple(f"n{place:02}" for place in range(5))


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--only", multiple=True, help="Some of the ways to compare.  [default: all]")
@click.option("--evidently", help="Path of a Python with this library.")
@click.option("--nannyml", help="Path of a Python with this library.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder for the tables.")
def cost(rows: int, only: tuple[str, ...], evidently: str | None, nannyml: str | None, data: Path) -> None:
    """Measure wall time and memory of a process that compares two tables of 50 columns."""
    peers = Path(__file__).with_name("drift_peers.py")
    before, now = (_wide(data / f"{name}-{rows}.parquet", rows, seed) for seed, name in enumerate(NAMES))
    stored, out = data / f"before-{rows}.json", data / "out"
    ways: dict[str, list[Any]] = {
        "histogram": [sys.executable, peers, "histogram", before, now],
        "trimtab, making the reference": [*TRIMTAB, "reference", "--data", before, "--out", stored],
        "trimtab": [*TRIMTAB, "check", "--reference", stored, "--current", now, "--out", out],
        "scipy": [sys.executable, peers, "scipy", before, now],
    }
    ways |= {"evidently": [evidently, peers, "evidently", before, now]} if evidently else {}
    ways |= {"nannyml": [nannyml, peers, "nannyml", before, now]} if nannyml else {}
    for way in only or ways:
        one = measured(ways[way], data)
        row: dict[str, Any] = {
            "rows": rows,
            "way": way,
            "seconds": one.seconds,
            "peak MB": round(one.peak_mb),
        }
        row["others' load"] = one.others
        if way == "trimtab":
            row["found"] = _found(_moved(out / "verdict.json"))
        elif way in {"histogram", "scipy", "evidently"}:  # NannyML's bounds need the spread of many chunks
            row["found"] = _found(json.loads((data / "scratch.log").read_text().rpartition("JSON")[2]))
        click.echo(row)
        save("cost", [row])


def _moved(verdict: Path) -> list[str]:
    """Return the features that drifted, as the rule `features` does."""
    features = json.loads(verdict.read_text())["features"]
    adjusted = benjamini_hochberg([feature["p_value"] for feature in features])
    policy = DriftPolicy()
    return [
        feature["name"]
        for feature, p_value in zip(features, adjusted, strict=True)
        if feature["excess_psi"] > policy.min_psi and p_value <= policy.false_alarm_rate / 2
    ]


def _found(names: list[str]) -> str:
    wrong = set(names) - set(SHIFTED)
    return f"{len(set(names) & set(SHIFTED))} of {len(SHIFTED)}" + (f", {len(wrong)} wrong" if wrong else "")


def measured(command: list[Any], folder: Path) -> Measurement:
    """Measure a command in its own folder."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return measure_command([str(part) for part in command], scratch, os.environ)


def _wide(file: Path, rows: int, seed: int) -> Path:
    """Write a table of 40 numeric features and 10 categories; with seed 1, five shift by a PSI of 0.03."""
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    rng, writer = np.random.default_rng(seed), None
    for start in range(0, rows, 250_000):
        columns = wide_columns(rng, min(250_000, rows - start), 0.174 * seed)
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    return file


def wide_columns(rng: np.random.Generator, rows: int, shift: float = 0.0) -> dict[str, NDArray[Any]]:
    """Return 40 numeric features, of which five are shifted, and 10 categories."""
    numbers = [f"n{place:02}" for place in range(40)]
    names = np.array([f"category {number}" for number in range(20)])
    return {
        **{name: rng.normal(shift * (name in SHIFTED), 1, rows) for name in numbers},
        **{f"c{place}": names[rng.exponential(4, rows).astype(int) % 20] for place in range(10)},
    }
