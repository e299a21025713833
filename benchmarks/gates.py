"""What a data gate costs, beside plain Great Expectations, pandera and Polars in the same run.

A whole process each time, its start and its imports included: 25 ordinary checks of columns on a Parquet file
of 12 columns. ``make benchmark-gates`` measures; the figures are kept in ``.trimtab/benchmarks/gates.json``,
where a row measured again replaces the one before.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console

from benchmarks import figures
from benchmarks.measure import CommandError, Measurement, measure
from benchmarks.peers import BIN, environment, make_environment
from benchmarks.results import Cell, Results, Row
from benchmarks.trips import suite, write_trips

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".trimtab" / "benchmarks"
PAGE = ROOT / "docs" / "gates-figures.md"
PANDERA, POLARS = "0.35.0", "2.1.0"
PEERS = HOME / f"checks-{PANDERA}-{POLARS}"
EXPECTED = f"2 of {len(suite())} checks failed"
TOOLS = {
    "Great Expectations": [sys.executable, "-m", "benchmarks.checks.with_great_expectations"],
    "pandera": [str(PEERS / "bin" / "python"), "-m", "benchmarks.checks.with_pandera"],
    "Polars": [str(PEERS / "bin" / "python"), "-m", "benchmarks.checks.with_polars"],
    "trimtab gate data": [str(BIN / "trimtab"), "gate", "data"],
}


@click.command()
@click.option("--rows", multiple=True, type=int, default=(300_000, 10_000_000), show_default=True)
@click.option(
    "--tool", multiple=True, type=click.Choice(list(TOOLS)), help="A tool to measure; all by default."
)
@click.option("--rounds", default=3, show_default=True, help="Rounds of which the middle one counts.")
@click.option("--docs", is_flag=True, help="Write the figures into docs/, those of earlier runs included.")
def main(rows: tuple[int, ...], tool: tuple[str, ...], rounds: int, docs: bool) -> None:
    """Measure, print and keep the figures."""
    console = Console()
    HOME.mkdir(parents=True, exist_ok=True)
    results = Results(HOME / "gates.json")
    make_environment(
        PEERS,
        f"pandera=={PANDERA}",
        f"polars=={POLARS}",
        *(f"{it}=={version(it)}" for it in ("pandas", "pyarrow")),
    )
    with tempfile.TemporaryDirectory(prefix="trimtab-benchmark-") as folder:
        for count in rows:
            for row in measured(count, tool or tuple(TOOLS), rounds, Path(folder)):
                earlier = next((old for old in results.of(row.table) if old.title == row.title), row)
                cells = {**earlier.cells, **row.cells}
                results.add(Row(row.table, row.title, {name: cells[name] for name in TOOLS if name in cells}))
    figures.show(results, console)
    if docs:
        figures.fill(PAGE, {"machine": _machine(results), "gates": figures.markdown(results.of("gates"))})


def measured(rows: int, tools: tuple[str, ...], rounds: int, scratch: Path) -> Iterator[Row]:
    """Measure the tools on a table of so many rows: seconds, then memory."""
    table, checks = HOME / f"trips-{rows}.parquet", scratch / "suite.json"
    if not table.exists():
        write_trips(table, rows)
    checks.write_text(json.dumps({"name": "trips", "expectations": suite()}))
    best = {}
    for name in tools:
        arguments = [str(table)]
        if name == "trimtab gate data":
            arguments = ["--suite", str(checks), "--data", str(table), "--out", str(scratch / "out")]
        best[name] = Measurement.median(_round([*TOOLS[name], *arguments], scratch) for _ in range(rounds))
    yield Row("gates", f"{rows:,} rows, seconds", {name: Cell.of(one) for name, one in best.items()})
    memory = {name: Cell(one.peak_mb / 1000) for name, one in best.items()}  # others do not change it
    yield Row("gates", f"{rows:,} rows, peak GB", memory)


def _round(command: list[str], scratch: Path) -> Measurement:
    """Measure a command once; it must have found what there is to find."""
    folder = scratch / "work"
    folder.mkdir(exist_ok=True)
    search = f"{ROOT / 'plugins'}:{ROOT}"
    found = measure(command, folder, {**environment(folder), "PYTHONPATH": search})
    output = folder.with_name(f"{folder.name}.log").read_text()
    if EXPECTED not in output:
        raise CommandError(f"{' '.join(command)} did not say '{EXPECTED}':\n{output[-3000:]}")
    return found


def _machine(results: Results) -> str:
    return results.setting(
        f"Great Expectations {version('great-expectations')}, pandas {version('pandas')}, pandera {PANDERA}, "
        f"Polars {POLARS}"
    )


if __name__ == "__main__":
    main()
