"""The figures as tables for the terminal and for the docs, and as a plot."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.results import Results, Row, columns

TABLES = {
    "engine": "Bringing a pipeline up to date, seconds",
    "memory": "Memory of the largest process of a cold run, MB",
    "parse": "The graph at DAG parse, seconds",
    "airflow": "A chain of trivial stages in Airflow",
    "flights": "The flights example",
    "gates": "A data gate of 25 checks",
    "new-project": "From an empty folder to a champion in Airflow",
    "updates": "Updates of forks of the template",
    "templates": "Other templates of the field",
}
COLOURS = {"dvc repro": "#945dd6", "Snakemake": "#039475", "trimtab run": "#d1551f"}


def show(results: Results, console: Console) -> None:
    """Print every table there are figures for."""
    for key, title in TABLES.items():
        rows = _rows(results, key)
        if not rows:
            continue
        names = columns(rows)
        table = Table("case", *names, title=title, title_justify="left")
        for row in rows:
            table.add_row(row.title, *(str(row.cells.get(name, "")) for name in names))
        console.print(table)
    if any(cell.shared for row in results.rows for cell in row.cells.values()):
        console.print("* other processes used the machine meanwhile: measure again on a quiet one")


def write_docs(results: Results, page: Path, plot: Path) -> None:
    """Put the tables between their marks in the page, and draw the plot beside it."""
    blocks = {key: markdown(_rows(results, key)) for key in TABLES if _rows(results, key)}
    fill(page, {"machine": _machine(results), **blocks})
    draw(results, plot)


def fill(page: Path, blocks: Mapping[str, str]) -> None:
    """Put each block between its marks in the page."""
    text = page.read_text()
    for key, block in blocks.items():
        begin, end = f"<!-- {key} -->", f"<!-- end of {key} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{block}\n\n{end}{after}"
    page.write_text(text)


def draw(results: Results, file: Path) -> None:
    """Plot what a stage costs against how many stages there are, one panel per shape."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "figures", "font.size": 11})
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, layout="constrained")
    for panel, shape in zip(panels, ("chain", "fan-out"), strict=True):
        rows = [row for row in results.of("engine") if re.fullmatch(f"{shape} of .*, cold", row.title)]
        _plot(panel, sorted(rows, key=lambda row: row.stages))
        panel.set_title(f"{shape} of trivial stages")
    panels[0].set_ylabel("cold run, seconds per stage")
    panels[0].legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})


def _plot(panel: Any, rows: list[Row]) -> None:
    for name in columns(rows):
        cells = [(row.stages, row.cells[name].value) for row in rows if name in row.cells]
        points = [(stages, seconds / stages) for stages, seconds in cells if seconds]
        colour = COLOURS.get(name)
        panel.plot(*zip(*points, strict=True), "o-", label=name, color=colour)
        beside = {"xytext": (8, 0), "textcoords": "offset points", "va": "center"}
        panel.annotate(f"{points[-1][1]:.3f} s", points[-1], color=colour, **beside)
    panel.set(xscale="log", yscale="log", xlabel="stages in the pipeline", xlim=(7, 4000))
    panel.set_xticks([10, 100, 1000], ["10", "100", "1,000"])
    panel.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    panel.grid(alpha=0.3)
    panel.spines[["top", "right"]].set_visible(False)


def _rows(results: Results, table: str) -> list[Row]:
    return _memory(results) if table == "memory" else results.of(table)


def _memory(results: Results) -> list[Row]:
    """The cold chains again, and what prints much, by memory instead of time."""
    found = []
    for row in sorted(results.of("engine"), key=lambda row: row.stages):
        if re.fullmatch(r"(chain of .*|.* printed), cold", row.title):
            cells = {
                name: dataclasses.replace(cell, value=cell.peak_mb, others=0.0)
                for name, cell in row.cells.items()
            }
            found.append(dataclasses.replace(row, cells=cells))
    return found


def _machine(results: Results) -> str:
    about = results.machine
    return results.setting(
        f"DVC {about['dvc']}, Snakemake {about['snakemake']}, Airflow {about['apache-airflow']}"
    )


def markdown(rows: list[Row]) -> str:
    """Return rows as a table of a page."""
    names = columns(rows)
    lines = [f"| case | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for row in rows:
        cells = [str(row.cells.get(name, "")) for name in names]
        lines.append(f"| {row.title} | {' | '.join(cells)} |")
    return "\n".join(lines)
