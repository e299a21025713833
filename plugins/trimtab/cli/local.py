"""The commands of drift: those on tables, on the drift log, and the replay."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from trimtab.cli.drift import drift as drift_of_tables
from trimtab.cli.registry import drift_report

drift = click.Group("drift", help=drift_of_tables.help, commands=dict(drift_of_tables.commands))
drift.add_command(drift_report)


@drift.command()
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first date.")
@click.option("--until", "end", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last date.")
@click.option(
    "--param",
    default="ingest.until",
    show_default=True,
    help="The param that says how far the world has got.",
)
@click.option("--windows", default="data/features", show_default=True, help="A Parquet file per window.")
@click.option(
    "--also",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="The declared policy with a param changed, played as well; may be given often.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for replay.json and .svg."
)
def replay(
    start: datetime, end: datetime, param: str, windows: str, changes: tuple[str, ...], out: Path
) -> None:
    """Play policies over history, month by month: what would each have done?

    The pipeline runs once a month of the past, in sandboxes; what DVC's caches know is not run again.
    """
    from rich.table import Table

    from trimtab.drift.report import draw_lines
    from trimtab.local.history_replay import months
    from trimtab.local.history_replay import replay as replay_history
    from trimtab.pipeline.graph import Project
    from trimtab.terminal import Console

    project = Project(Path.cwd())
    dates = months(start.date(), end.date())
    changed = [_parsed(change) for change in changes]
    played = replay_history(
        project.root, project.graph(), dates, param=param, windows=windows, changes=changed
    )
    table = Table(
        "policy", "mean AUC", "worst AUC", "retrains", "refused", "seconds", box=None, pad_edge=False
    )
    for one in played:
        refused = len(one.retrained) - len(one.promoted)
        figures = f"{one.mean:.4f}", f"{one.worst:.4f}", str(len(one.retrained)), str(refused)
        table.add_row(one.policy, *figures, f"{one.seconds:.0f}")
    Console().print(table)
    out.mkdir(parents=True, exist_ok=True)
    content = [{**asdict(one), "mean": one.mean, "worst": one.worst} for one in played]
    (out / "replay.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    lines = {
        one.policy: (dict(one.roc_auc), one.promoted) for one in played[:4]
    }  # more would hide each other
    (out / "replay.svg").write_text(draw_lines(lines), encoding="utf-8")


def _parsed(change: str) -> tuple[str, Any]:
    from ruamel.yaml import YAML

    key, equals, value = change.partition("=")
    if not equals:
        raise click.BadParameter(f"'{change}' is not KEY=VALUE", param_hint="--also")
    return key.removeprefix("drift."), YAML(typ="safe", pure=True).load(value)
