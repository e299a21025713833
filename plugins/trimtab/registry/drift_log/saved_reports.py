"""Drift reports saved from MLflow, and the table of all verdicts."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from trimtab.errors import RegistryError, closest
from trimtab.learning import format_cell, metric_title
from trimtab.registry.drift_log.drift_log import RecordedVerdict, drift_experiment, read_verdicts
from trimtab.registry.tracking import connection
from trimtab.terminal import Text

FILES = ("verdict.json", "report.html")
COLUMNS = ("window", "version", "decision", "metric", "true", "estimated", "outcome", "bounds exceeded")
COLOURS = {"watch": "yellow", "retrain": "bold cyan", "investigate": "bold red"}


def list_verdicts(name: str) -> list[RecordedVerdict]:
    """Return the newest verdict on each window of a model, the oldest window first.

    Args:
        name: The registered model.

    Raises:
        RegistryError: The server does not answer, or refuses.
    """
    with connection() as client:
        return read_verdicts(client, name)


def save_report(name: str, window: str, into: Path) -> RecordedVerdict:
    """Download ``verdict.json`` and ``report.html`` of the newest verdict on a window.

    Args:
        name: The registered model.
        window: The window.
        into: Output folder, created if missing.

    Raises:
        RegistryError: There is no verdict on the window, or the server does not answer.
    """
    with connection() as client:
        verdicts = {verdict.past.window: verdict for verdict in read_verdicts(client, name)}
        if window not in verdicts:
            raise RegistryError(
                f"There is no verdict on '{window}'{closest(window, verdicts)}",
                where=f"MLflow: experiment '{drift_experiment(name)}'",
                fix="list the windows with a verdict: `trimtab drift report`",
            )
        into.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            client.download_artifacts(verdicts[window].run_id, file, str(into))
    return verdicts[window]


def verdict_table(verdicts: list[RecordedVerdict]) -> Table:
    """Return a table of verdicts, a line per window."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in {"true", "estimated"} else "left")
    for past in (verdict.past for verdict in verdicts):
        colour = COLOURS.get(past.decision, "default")
        table.add_row(
            past.window,
            past.champion,
            Text(past.decision, colour),
            metric_title(past.metric),
            _format(past.figure),
            _format(past.estimate),
            past.outcome or "",
            ", ".join(past.exceeded),
        )
    return table


def _format(value: float | None) -> str:
    return "" if value is None else format_cell(value, 3)
