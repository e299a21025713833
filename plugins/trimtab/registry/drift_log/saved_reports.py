"""Drift verdicts shown again, from MLflow."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from trimtab.errors import RegistryError, closest
from trimtab.registry.drift_log.drift_log import KeptVerdict, drift_experiment, read_verdicts
from trimtab.registry.tracking import connection
from trimtab.terminal import Text

FILES = ("verdict.json", "report.html")
COLOURS = {"watch": "yellow", "retrain": "bold cyan", "investigate": "bold red"}


def list_verdicts(name: str) -> list[KeptVerdict]:
    """Return the verdicts on a model's windows, the oldest window first.

    Args:
        name: The registered model.

    Raises:
        RegistryError: The server is away or refuses.
    """
    with connection() as client:
        return read_verdicts(client, name)


def save_report(name: str, window: str, into: Path) -> KeptVerdict:
    """Download the newest verdict on a window, as ``verdict.json`` and ``report.html``.

    Args:
        name: The registered model.
        window: The window.
        into: Folder for the files, made if absent.

    Raises:
        RegistryError: There is no verdict on it, or the server is away.
    """
    with connection() as client:
        verdicts = {verdict.past.window: verdict for verdict in read_verdicts(client, name)}
        if window not in verdicts:
            raise RegistryError(
                f"There is no verdict on '{window}'{closest(window, verdicts)}",
                where=f"MLflow: experiment '{drift_experiment(name)}'",
                fix="`trimtab drift report` lists the windows that were judged",
            )
        into.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            client.download_artifacts(verdicts[window].run_id, file, str(into))
    return verdicts[window]


def as_table(verdicts: list[KeptVerdict]) -> Table:
    """Lay out verdicts, a line each."""
    table = Table(box=None, pad_edge=False)
    for column in ("window", "version", "decision", "ROC AUC", "estimated", "outcome", "beyond its bound"):
        table.add_column(column, justify="right" if column in {"ROC AUC", "estimated"} else "left")
    for past in (verdict.past for verdict in verdicts):
        colour = COLOURS.get(past.decision, "default")
        table.add_row(
            past.window,
            past.champion,
            Text(past.decision, colour),
            _figure(past.roc_auc),
            _figure(past.estimated_auc),
            past.outcome or "",
            ", ".join(past.exceeded),
        )
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
