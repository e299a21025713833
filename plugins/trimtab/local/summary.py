"""The summary at the end of the main job: registered versions, drift verdicts, reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from trimtab.local.run_results import DecidedVersion, WindowVerdict
from trimtab.terminal import Console, Text


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
    for column in ("version", "reason", "ROC AUC", "champion's", "promoted"):
        table.add_column(column, justify="right" if "A" in column or "'" in column else "left")
    for version in versions:
        sides = (version["challenger_figures"], version["champion_figures"])
        challenger, champion = (figures.get("roc_auc") for figures in sides)
        table.add_row(
            f"{version['name']} v{version['version']}",
            version["reason"].partition(".")[0],
            _figure(challenger),
            _figure(champion),
            Text("yes", "green") if version["promoted"] else Text("no", "yellow"),
        )
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _verdicts(verdicts: Sequence[WindowVerdict]) -> Table:
    table = Table(title="Drift checks", title_justify="left", title_style="bold")
    for column in ("window", "rows", "ROC AUC when trained", "ROC AUC now", "score PSI", "decision"):
        table.add_column(column, justify="left" if column in {"window", "decision"} else "right")
    for verdict in verdicts:
        table.add_row(
            verdict["window"],
            f"{verdict['rows']:,}",
            f"{verdict['reference_auc']:.4f}",
            _figure(verdict["window_auc"]),
            f"{verdict['score_psi']:.3f}",
            Text(verdict["decision"], "" if verdict["decision"] == "none" else "bold red"),
        )
    return table
