"""Benchmark of the drift check: false alarms, detection delay and cost, compared with other libraries.

``python -m benchmarks.drift alarms --evidently /path/to/python`` measures one part and writes it to
docs/drift.md; the other parts are ``types``, ``delay`` and ``cost``. Evidently and NannyML need environments
of their own.
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
from scipy.stats import binomtest

from benchmarks.drift_windows import CLASSES, OUTCOMES, SHIFTS, Window, draw
from benchmarks.measure import Measurement
from benchmarks.measure import measure as measure_command
from trimtab.drift import DriftPolicy, DriftVerdict, ReferenceProfile, build_reference, decide, measure
from trimtab.drift.report import draw_line_chart
from trimtab.drift.statistics import benjamini_hochberg

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "drift.md", ROOT / ".trimtab" / "benchmarks" / "drift.json"
REFERENCE_ROWS = 20_000
NAIVE_PSI = 0.2
POLICY = DriftPolicy(min_rows=100)
CASES = {  # features: rows
    20: (200, 1000, 10_000, 100_000, 1_000_000),
    100: (200, 1000, 10_000, 100_000),
    500: (200, 1000, 10_000),
}
VALUES, MIN_WINDOWS = 100_000_000, 10  # of a case
NAMES = ("before", "now")
SHIFTED = tuple(f"n{place:02}" for place in range(5))
SHIFTED_ROWS, SHIFTED_FEATURES, WINDOWS = 2000, 20, 6
MANNERS = {"sudden": [1.0] * WINDOWS, "gradual": [n / WINDOWS for n in range(1, WINDOWS + 1)]}
TYPES = {20: (1000, 10_000), 100: (1000, 10_000)}  # features: rows, for each problem type
KEYS = {
    "types": ("problem type", "features", "rows"),
    "estimates": ("problem type", "metric"),
    "alarms": ("features", "rows"),
    "delay": ("shift", "manner"),
    "cost": ("rows", "way"),
}


@click.group()
def main() -> None:
    """Benchmark the drift check."""


@main.command()
@click.option("--windows", default=300, show_default=True, help="Windows per case, fewer if they are large.")
@click.option("--features", type=click.IntRange(5), multiple=True, help="Only these cases.")
@click.option("--rows", type=click.IntRange(1), multiple=True, help="Only these cases.")
@click.option("--evidently", help="Path of a Python with this library.")
@click.option("--theirs", default=20, show_default=True, help="Windows per case for Evidently.")
def alarms(
    windows: int, features: tuple[int, ...], rows: tuple[int, ...], evidently: str | None, theirs: int
) -> None:
    """Measure the share of windows drawn from the reference that raise an alarm."""
    for width in features or CASES:
        for size in rows or CASES[width]:
            number = min(windows, max(MIN_WINDOWS, VALUES // (width * size)))
            before = draw(0, max(REFERENCE_ROWS, min(size, 200_000)), width)
            reference = _reference(before)
            verdicts = [_verdict(reference, draw(seed, size, width)) for seed in range(1, number + 1)]
            row = {"features": width, "rows": size, "windows": number}
            row["trimtab"] = _share(verdict.decision != "none" for verdict in verdicts)
            row["PSI over 0.2"] = _share(_naive(verdict) for verdict in verdicts)
            if evidently and width <= 100 and size <= 10_000:
                drawn = [draw(seed, size, width) for seed in range(1, theirs + 1)]
                counts = _evidently(evidently, before, drawn)
                row["Evidently, any column"] = _share(count > 0 for count in counts)
                row["Evidently, half of them"] = _share(count >= width / 2 for count in counts)
            row["by"] = _fired(verdicts)
            click.echo(row)
            save("alarms", [row])


@main.command()
@click.option("--windows", default=100, show_default=True, help="Windows per case.")
@click.option("--problem", type=click.Choice(list(OUTCOMES)), multiple=True, help="Only these types.")
@click.option("--features", type=click.IntRange(5), multiple=True, help="Only these cases.")
@click.option("--rows", type=click.IntRange(1), multiple=True, help="Only these cases.")
def types(windows: int, problem: tuple[str, ...], features: tuple[int, ...], rows: tuple[int, ...]) -> None:
    """Measure the share of windows that raise an alarm for each problem type, with and without labels."""
    for name in problem or OUTCOMES:
        for width in features or TYPES:
            before = draw(0, REFERENCE_ROWS, width, problem=name)
            reference = _reference(before, name)
            for size in rows or TYPES[width]:
                row: dict[str, Any] = {
                    "problem type": name,
                    "features": width,
                    "rows": size,
                    "windows": windows,
                }
                drawn = [draw(seed, size, width, problem=name) for seed in range(1, windows + 1)]
                for title, labelled in (("with labels", True), ("without labels", False)):
                    verdicts = [_verdict(reference, window, labelled=labelled) for window in drawn]
                    row[title] = _share(verdict.decision != "none" for verdict in verdicts)
                    row[f"by, {title}"] = _fired(verdicts)
                click.echo(row)
                save("types", [row])


@main.command()
@click.option("--repeats", default=20, show_default=True)
@click.option("--evidently", help="Path of a Python with this library.")
@click.option("--theirs", default=4, show_default=True, help="Series per shift for Evidently.")
def delay(repeats: int, evidently: str | None, theirs: int) -> None:
    """Measure the number of windows until a shift is detected, sudden and gradual."""
    before = draw(0, REFERENCE_ROWS, SHIFTED_FEATURES)
    reference = _reference(before)
    for shift in SHIFTS:
        for manner, sizes in MANNERS.items():
            series = [_series(shift, sizes, seed) for seed in range(repeats)]
            verdicts = [[_verdict(reference, window) for window in windows] for windows in series]
            row: dict[str, Any] = {"shift": shift, "manner": manner}
            row["trimtab"] = _detected([v.decision != "none" for v in one] for one in verdicts)
            row["PSI over 0.2"] = _detected([_naive(v) for v in one] for one in verdicts)
            if evidently:
                few = [window for windows in series[:theirs] for window in windows]
                drifted = np.reshape(np.array(_evidently(evidently, before, few)) > 0, (-1, WINDOWS))
                row["Evidently, any column"] = _detected(drifted.tolist())
            row["by"] = _fired(verdict for one in verdicts for verdict in one)
            click.echo(row)
            save("delay", [row])


@main.command()
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
    trimtab = [sys.executable, "-c", "from trimtab.cli.main import main; main()", "drift"]
    ways: dict[str, list[Any]] = {
        "histogram": [sys.executable, peers, "histogram", before, now],
        "trimtab, making the reference": [*trimtab, "reference", "--data", before, "--out", stored],
        "trimtab": [*trimtab, "check", "--reference", stored, "--current", now, "--out", out],
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
    names = np.array([f"category {number}" for number in range(20)])
    for start in range(0, rows, 250_000):
        size = min(250_000, rows - start)
        columns: dict[str, Any] = {
            name: rng.normal(0.174 * seed * (name in SHIFTED), 1, size)
            for name in (f"n{place:02}" for place in range(40))
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


def _detected(flags: Iterable[Iterable[bool]]) -> dict[str, Any]:
    """Return the first window of each series that raises an alarm; None if there is none."""
    return {"noticed": [next((place for place, flag in enumerate(one, 1) if flag), None) for one in flags]}


def _share(flags: Iterable[bool]) -> dict[str, Any]:
    """Return a share and its 95 % interval (Clopper and Pearson 1934)."""
    found = list(flags)
    interval = binomtest(sum(found), len(found)).proportion_ci()
    return {"share": float(np.mean(found)), "low": interval.low, "high": interval.high}


def _fired(verdicts: Iterable[DriftVerdict]) -> list[str]:
    return sorted({rule.name for verdict in verdicts for rule in verdict.rules if rule.fired})


def _reference(window: Window, problem: str = "binary") -> ReferenceProfile:
    classes = CLASSES if problem == "multiclass" else ()
    return build_reference(
        window.features, window.scores, window.labels, problem_type=problem, classes=classes
    )


def _verdict(reference: ReferenceProfile, window: Window, *, labelled: bool = True) -> DriftVerdict:
    labels = window.labels if labelled else None
    return decide(measure(reference, window.features, window.scores, labels), POLICY)


def _naive(verdict: DriftVerdict) -> bool:
    """Return whether the PSI of any feature is over 0.2."""
    return any(feature.psi > NAIVE_PSI for feature in verdict.measurement.features)


def _evidently(python: str, before: Window, windows: list[Window]) -> list[int]:
    """Return the number of drifted columns by window, according to Evidently, score and label included."""
    with TemporaryDirectory() as folder:
        before.table().to_parquet(Path(folder, "reference.parquet"))
        for place, window in enumerate(windows):
            window.table().to_parquet(Path(folder, f"window-{place:03}.parquet"))
        script = Path(__file__).with_name("drift_evidently.py")
        done = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout.rpartition("JSON")[2]).values())


def save(part: str, rows: list[dict[str, Any]]) -> None:
    """Save the results with those of other cases, and write them to the page."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = {tuple(row[key] for key in KEYS[part]): row for row in [*results.get(part, []), *rows]}
    results[part] = [kept[key] for key in sorted(kept)]
    RESULTS.write_text(json.dumps(results, indent=2))
    pattern = rf"(<!-- {part} -->\n).*?(\n<!-- end of {part} -->)"
    table = _markdown(results[part])
    page = re.sub(pattern, lambda m: f"{m[1]}\n{table}\n{m[2]}", PAGE.read_text(), flags=re.S)
    PAGE.write_text(page)
    _draw(part, results[part])


def _markdown(rows: list[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case {"share": share, "low": low, "high": high}:
            return f"{share:.3f} ({low:.3f} to {high:.3f})"
        case {"noticed": noticed}:
            first = [place for place in noticed if place]
            mean = f", after {np.mean(first):.1f}" if first else ""
            return f"{len(first)} of {len(noticed)}{mean}"
        case float():
            return f"{value:.2f}"
        case int():
            return f"{value:,}"
        case list():
            return ", ".join(f"`{one}`" for one in value)
        case _:
            return str(value)


def _draw(part: str, rows: list[dict[str, Any]]) -> None:
    """Draw the plot of a part, next to the page."""
    lines: dict[str, tuple[dict[str, float], list[str]]] = {}
    if part == "alarms":
        for name in ("trimtab", "PSI over 0.2", "Evidently, any column", "Evidently, half of them"):
            few = [row for row in rows if row["features"] == 20 and name in row]
            lines[name] = ({f"{row['rows']:,}": row[name]["share"] for row in few}, [])
    elif part == "delay":
        gradual = [row for row in rows if row["manner"] == "gradual"]
        for name in ("trimtab", "PSI over 0.2", "Evidently, any column"):
            if first := [place for row in gradual for place in row.get(name, {}).get("noticed", [])]:
                within = {
                    str(window): float(np.mean([bool(place) and place <= window for place in first]))
                    for window in range(1, WINDOWS + 1)
                }
                lines[name] = (within, [])
    if drawn := {name: line for name, line in lines.items() if line[0]}:
        (PAGE.parent / f"drift-{part}.svg").write_text(draw_line_chart(drawn))


if __name__ == "__main__":
    main()
