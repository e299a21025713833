"""The end of the main job: what was registered, what drifted, where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FIGURES = ("roc_auc", "average_precision", "log_loss", "brier")


def show_summary(
    console: Console,
    versions: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Mapping[str, Any]],
    pages: Sequence[Path],
) -> None:
    """Print the summary.

    Args:
        console: Where to.
        versions: One mapping per training run, as ``Loop.versions`` holds them.
        verdicts: One mapping per drift check, as ``Loop.verdicts`` holds them.
        pages: Reports that can be opened without a server.
    """
    console.rule("[bold]What happened")
    console.print(_versions(versions))
    console.print(_verdicts(verdicts))
    console.print("\n[bold]Reports[/] (they open offline)")
    for page in pages:
        console.print(f"  {page}", soft_wrap=True, highlight=False)
    console.print("\n[bold]Next[/]  `make up` keeps Airflow and MLflow open to look at all of this.\n")


def _versions(versions: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Models", title_justify="left", title_style="bold")
    table.add_column("version")
    table.add_column("why")
    for figure in FIGURES:
        table.add_column(figure, justify="right")
    table.add_column("roc_auc, challenger / champion", justify="right")
    table.add_column("promoted")
    for version in versions:
        figures = [version["metrics"].get(f"model.{figure}") for figure in FIGURES]
        table.add_row(
            f"{version['name']} v{version['version']}",
            version["reason"],
            *("" if figure is None else f"{figure:.4f}" for figure in figures),
            _versus(version),
            "[green]yes[/]" if version["promoted"] else "[yellow]no[/]",
        )
    return table


def _versus(version: Mapping[str, Any]) -> str:
    """ROC AUC of both models on the same rows; empty where nothing was compared."""
    figures = [version[side].get("roc_auc") for side in ("challenger_figures", "champion_figures")]
    return " / ".join("-" if figure is None else f"{figure:.4f}" for figure in figures)


def _verdicts(verdicts: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Drift checks", title_justify="left", title_style="bold")
    for column in ("window", "rows", "ROC AUC, reference", "ROC AUC, window", "score PSI", "decision"):
        table.add_column(column, justify="left" if column in {"window", "decision"} else "right")
    for verdict in verdicts:
        table.add_row(
            verdict["window"],
            f"{verdict['rows']:,}",
            f"{verdict['reference_auc']:.4f}",
            "" if verdict["window_auc"] is None else f"{verdict['window_auc']:.4f}",
            f"{verdict['score_psi']:.3f}",
            f"[bold red]{verdict['decision']}[/]" if verdict["decision"] != "none" else "none",
        )
    return table
