"""The summary at the end of the main job: registered versions, drift verdicts, reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from trimtab.learning import PROBLEM_TYPES, format_cell, metric_title
from trimtab.local.run_results import DecidedVersion, WindowVerdict
from trimtab.terminal import Console, Text

DEFAULT_METRICS = tuple(problem.default_metric for problem in PROBLEM_TYPES.values())


def show_summary(
    console: Console,
    versions: Sequence[DecidedVersion],
    verdicts: Sequence[WindowVerdict],
    pages: Sequence[Path],
) -> None:
    """Print the summary.

    Args:
        console: Where it is printed.
        versions: The version of each training run.
        verdicts: The verdict of each drift check.
        pages: Reports that open without a server.
    """
    console.rule(Text("Summary", "bold"))
    console.print(_versions(versions))
    if verdicts:
        console.print(_verdicts(verdicts))
    console.print(Text.assemble(("\nReports", "bold"), " (open without a server)"))
    for page in pages:
        path = page.relative_to(Path.cwd()) if page.is_relative_to(Path.cwd()) else page
        console.print(f"  {path}", soft_wrap=True, highlight=False)
    console.print(
        Text("\nNext", "bold"),
        " `make up` opens the pages of Airflow and MLflow.\n",
        highlight=False,
    )


def _versions(versions: Sequence[DecidedVersion]) -> Table:
    table = Table(title="Models", title_justify="left", title_style="bold")
    for column in ("version", "reason", "metric", "its figure", "champion's", "promoted"):
        table.add_column(column, justify="right" if column in {"its figure", "champion's"} else "left")
    for version in versions:
        challenger, champion = version["challenger_figures"], version["champion_figures"]
        metric = next((name for name in DEFAULT_METRICS if name in challenger), "")
        table.add_row(
            f"{version['name']} v{version['version']}",
            version["reason"].partition(".")[0],
            metric_title(metric),
            _figure(challenger.get(metric)),
            _figure(champion.get(metric)),
            Text("yes", "green") if version["promoted"] else Text("no", "yellow"),
        )
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else format_cell(value, 4)


def _verdicts(verdicts: Sequence[WindowVerdict]) -> Table:
    table = Table(title="Drift checks", title_justify="left", title_style="bold")
    for column in ("window", "rows", "metric", "when trained", "now", "score PSI", "decision"):
        table.add_column(column, justify="left" if column in {"window", "metric", "decision"} else "right")
    for verdict in verdicts:
        table.add_row(
            verdict["window"],
            f"{verdict['rows']:,}",
            metric_title(verdict["metric"]),
            _figure(verdict["reference_figure"]),
            _figure(verdict["window_figure"]),
            f"{verdict['score_psi']:.3f}",
            Text(verdict["decision"], "" if verdict["decision"] == "none" else "bold red"),
        )
    return table
