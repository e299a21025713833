"""Is the drift check quiet when nothing moved, quick when something did, and cheap? Beside other ways.

``python -m benchmarks.drift alarms --evidently /path/to/python`` measures a part and fills in docs/drift.md;
``delay`` and ``cost`` are the others. Evidently and NannyML need environments of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.drift_worlds import SHIFTS, Window, draw
from benchmarks.measure import Measurement
from benchmarks.measure import measure as measure_command
from trimtab.drift import DriftPolicy, Reference, Verdict, build_reference, decide, measure

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "drift.md", ROOT / ".trimtab" / "benchmarks" / "drift.json"
REFERENCE_ROWS = 20_000
NAIVE_PSI = 0.2
POLICY = DriftPolicy(min_rows=100)
STILL = [(20, 200), (20, 1000), (20, 10_000), (20, 100_000), (20, 1_000_000), (100, 200), (100, 1000)]
STILL += [(100, 10_000), (100, 100_000), (500, 200), (500, 1000), (500, 10_000)]
NAMES = ("before", "now")
SHIFTED_ROWS, SHIFTED_FEATURES, WINDOWS = 2000, 20, 6


@click.group()
def main() -> None:
    """Measure the drift check."""


@main.command()
@click.option("--windows", default=100, show_default=True, help="Windows a case, fewer where they are large.")
@click.option("--evidently", help="A Python that can import it.")
def alarms(windows: int, evidently: str | None) -> None:
    """Share of windows drawn from the reference that raise an alarm."""
    rows = []
    for features, size in STILL:
        number = max(10, min(windows, 10_000_000 // (features * size)))
        before = draw(0, max(REFERENCE_ROWS, min(size, 200_000)), features)
        reference = _reference(before)
        drawn = [draw(seed, size, features) for seed in range(1, number + 1)] if size <= 1000 else None
        verdicts = [
            _verdict(reference, drawn[seed - 1] if drawn else draw(seed, size, features))
            for seed in range(1, number + 1)
        ]
        row = {"features": features, "rows": size, "windows": number}
        row["declared"] = POLICY.false_alarm_rate
        row["trimtab"] = float(np.mean([verdict.decision != "none" for verdict in verdicts]))
        row["PSI over 0.2"] = float(np.mean([_naive(verdict) for verdict in verdicts]))
        if evidently and drawn and features <= 100:
            counts = _evidently(evidently, before, drawn[:10])
            row["Evidently, any column"] = float(np.mean([count > 0 for count in counts]))
            row["Evidently, half of them"] = float(np.mean([count >= features / 2 for count in counts]))
        rows.append(row)
        click.echo(row)
        _save("alarms", rows)


@main.command()
@click.option("--repeats", default=10, show_default=True)
@click.option("--evidently", help="A Python that can import it.")
def delay(repeats: int, evidently: str | None) -> None:
    """Windows until a shift is noticed, sudden and gradual."""
    before = draw(0, REFERENCE_ROWS, SHIFTED_FEATURES)
    reference = _reference(before)
    rows = []
    for shift in SHIFTS:
        for manner, sizes in (("sudden", [1.0] * WINDOWS), ("gradual", [n / WINDOWS for n in range(1, 7)])):
            worlds = [_series(shift, sizes, seed) for seed in range(repeats)]
            verdicts = [[_verdict(reference, window) for window in world] for world in worlds]
            row: dict[str, Any] = {"shift": f"{shift}, {manner}"}
            row |= _noticed("trimtab", [[v.decision != "none" for v in series] for series in verdicts])
            row |= _noticed("PSI over 0.2", [[_naive(v) for v in series] for series in verdicts])
            if evidently and manner == "sudden":
                few = [window for world in worlds[:4] for window in world[:2]]
                flags = [count > 0 for count in _evidently(evidently, before, few)]
                row["Evidently, share of windows"] = float(np.mean(flags))
            row["by"] = sorted({rule.name for s in verdicts for v in s for rule in v.rules if rule.fired})
            rows.append(row)
            click.echo(row)
            _save("delay", rows)


@main.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--only", multiple=True, help="Some of: trimtab, histogram, scipy, evidently, nannyml.")
@click.option("--evidently", help="A Python that can import it.")
@click.option("--nannyml", help="A Python that can import it.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder to keep the tables in.")
def cost(rows: int, only: tuple[str, ...], evidently: str | None, nannyml: str | None, data: Path) -> None:
    """Wall time and memory of a whole process that compares two tables of 50 columns."""
    peers = Path(__file__).with_name("drift_peers.py")
    with TemporaryDirectory() as folder:
        before, now = (_wide(data / f"{name}-{rows}.parquet", rows, seed) for seed, name in enumerate(NAMES))
        stored = Path(folder, "before.json")
        trimtab = [sys.executable, "-c", "from trimtab.cli import main; main()", "drift"]
        making = measured([*trimtab, "reference", "--data", before, "--out", stored], Path(folder))
        check = [*trimtab, "check", "--reference", stored, "--current", now, "--out", Path(folder, "out")]
        ways = {"histogram": [sys.executable, peers, "histogram", before, now], "trimtab": check}
        ways["scipy"] = [sys.executable, peers, "scipy", before, now]
        ways |= {"evidently": [evidently, peers, "evidently", before, now]} if evidently else {}
        ways |= {"nannyml": [nannyml, peers, "nannyml", before, now]} if nannyml else {}
        found = {way: measured(ways[way], Path(folder)) for way in only or ways}
        found |= {"trimtab, making the reference": making}
    known = json.loads(RESULTS.read_text()).get("cost", []) if RESULTS.exists() else []
    kept = {(row["rows"], row["way"]): row for row in known}
    for way, one in found.items():
        figures = {"seconds": one.seconds, "peak MB": round(one.peak_mb), "others' load": one.others}
        kept[rows, way] = {"rows": rows, "way": way, **figures}
        click.echo(kept[rows, way])
    _save("cost", [kept[key] for key in sorted(kept)])


def measured(command: list[Any], folder: Path) -> Measurement:
    """Measure a command in a folder of its own."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return measure_command([str(part) for part in command], scratch, os.environ)


def _wide(file: Path, rows: int, seed: int) -> Path:
    """Write a table of 40 numbers and 10 categories; of the later one, five numbers have moved a little."""
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    rng, writer = np.random.default_rng(seed), None
    names = np.array([f"category {number}" for number in range(20)])
    for start in range(0, rows, 250_000):
        size = min(250_000, rows - start)
        columns: dict[str, Any] = {
            f"n{place:02}": rng.normal(0.15 * seed * (place < 5), 1, size) for place in range(40)
        }
        columns |= {f"c{place}": names[rng.exponential(4, size).astype(int) % 20] for place in range(10)}
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    return file


def _series(shift: str, sizes: Iterable[float], seed: int) -> list[Window]:
    return [
        draw(1000 + 100 * seed + place, SHIFTED_ROWS, SHIFTED_FEATURES, shift=shift, size=size)
        for place, size in enumerate(sizes)
    ]


def _noticed(who: str, flags: list[list[bool]]) -> dict[str, Any]:
    first = [series.index(True) + 1 for series in flags if any(series)]
    return {
        f"{who}, noticed": len(first) / len(flags),
        f"{who}, windows": float(np.mean(first)) if first else None,
    }


def _reference(window: Window) -> Reference:
    return build_reference(window.features, window.scores, window.labels)


def _verdict(reference: Reference, window: Window) -> Verdict:
    return decide(measure(reference, window.features, window.scores, window.labels), POLICY)


def _naive(verdict: Verdict) -> bool:
    """The rule most teams begin with."""
    return any(feature.psi > NAIVE_PSI for feature in verdict.measurement.features)


def _evidently(python: str, before: Window, windows: list[Window]) -> list[int]:
    with TemporaryDirectory() as folder:
        before.features.to_parquet(Path(folder, "reference.parquet"))
        for place, window in enumerate(windows):
            window.features.to_parquet(Path(folder, f"window-{place:03}.parquet"))
        script = Path(__file__).with_name("drift_evidently.py")
        done = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout.rpartition("JSON")[2]).values())


def _save(part: str, rows: list[dict[str, Any]]) -> None:
    """Keep the figures, and fill them in on the page."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[part] = rows
    RESULTS.write_text(json.dumps(results, indent=2))
    if PAGE.exists():
        pattern = rf"(<!-- {part} -->\n).*?(\n<!-- end of {part} -->)"
        table = _markdown(rows)
        page = re.sub(pattern, lambda m: f"{m[1]}\n{table}\n{m[2]}", PAGE.read_text(), flags=re.S)
        PAGE.write_text(page)


def _markdown(rows: list[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.2f}"
        case int():
            return f"{value:,}"
        case list():
            return ", ".join(f"`{one}`" for one in value)
        case _:
            return str(value)


if __name__ == "__main__":
    main()
