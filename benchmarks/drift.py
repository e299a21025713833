"""Benchmark of the drift check: false alarms, detection delay and cost, compared with other libraries.

``python -m benchmarks.drift alarms --evidently /path/to/python`` measures one part and writes it to
docs/drift.md; the other parts are ``types``, ``delay``, ``cost``, ``cost-by-type`` and ``attributions``.
Evidently and NannyML need environments of their own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from benchmarks.drift_attribution_cost import attributions
from benchmarks.drift_cost import cost
from benchmarks.drift_results import WINDOWS, save, share
from benchmarks.drift_type_cost import cost_by_type
from benchmarks.drift_windows import LISTS, OUTCOMES, SHIFTS, Window, draw
from trimtab.drift import DriftPolicy, DriftVerdict, ReferenceProfile, build_reference, decide, measure

REFERENCE_ROWS = 20_000
NAIVE_PSI = 0.2
POLICY = DriftPolicy(min_rows=100)
CASES = {  # features: rows
    20: (200, 1000, 10_000, 100_000, 1_000_000),
    100: (200, 1000, 10_000, 100_000),
    500: (200, 1000, 10_000),
}
VALUES, MIN_WINDOWS = 100_000_000, 10  # of a case
SHIFTED_ROWS, SHIFTED_FEATURES = 2000, 20
MANNERS = {"sudden": [1.0] * WINDOWS, "gradual": [n / WINDOWS for n in range(1, WINDOWS + 1)]}
TYPES = {20: (1000, 10_000), 100: (1000, 10_000)}  # features: rows, for each problem type


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
            row["trimtab"] = share(verdict.decision != "none" for verdict in verdicts)
            row["PSI over 0.2"] = share(_naive(verdict) for verdict in verdicts)
            if evidently and width <= 100 and size <= 10_000:
                drawn = [draw(seed, size, width) for seed in range(1, theirs + 1)]
                counts = _evidently(evidently, before, drawn)
                row["Evidently, any column"] = share(count > 0 for count in counts)
                row["Evidently, half of them"] = share(count >= width / 2 for count in counts)
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
                    row[title] = share(verdict.decision != "none" for verdict in verdicts)
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


def _series(shift: str, sizes: Iterable[float], seed: int) -> list[Window]:
    return [
        draw(1000 + 100 * seed + place, SHIFTED_ROWS, SHIFTED_FEATURES, shift=shift, size=size)
        for place, size in enumerate(sizes)
    ]


def _detected(flags: Iterable[Iterable[bool]]) -> dict[str, Any]:
    """Return the first window of each series that raises an alarm; None if there is none."""
    return {"noticed": [next((place for place, flag in enumerate(one, 1) if flag), None) for one in flags]}


def _fired(verdicts: Iterable[DriftVerdict]) -> list[str]:
    return sorted({rule.name for verdict in verdicts for rule in verdict.rules if rule.fired})


def _reference(window: Window, problem: str = "binary") -> ReferenceProfile:
    return build_reference(
        window.features, window.scores, window.labels, problem_type=problem, **LISTS.get(problem, {})
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


main.add_command(cost)
main.add_command(cost_by_type)
main.add_command(attributions)


if __name__ == "__main__":
    main()
