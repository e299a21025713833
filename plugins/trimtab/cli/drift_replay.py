"""The command `trimtab drift replay`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.time_window import FREQUENCIES

if TYPE_CHECKING:
    from trimtab.local.policy_replay import PolicyChange


@click.command(
    epilog=example(
        "trimtab drift replay --from 2025-06-01 --until 2026-01-01 --windows data/features --out replay"
    )
)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First date.")
@click.option("--until", "end", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last date.")
@click.option(
    "--every",
    "frequency",
    type=click.Choice(list(FREQUENCIES)),
    help="The frequency of the windows; the pipeline runs once per window.  [default: that of the windows in"
    " the checkout]",
)
@click.option(
    "--windows",
    metavar="OUTPUT",
    required=True,
    help="The output of the pipeline with one Parquet file per window.",
)
@click.option(
    "--param",
    metavar="KEY",
    help="The param for the end of the data.  [default: `data_until` of the model's artifact in dvc.yaml]",
)
@click.option(
    "--also",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Replay the declared policy with one param changed as well. Can be repeated.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for replay.json and replay.svg."
)
@json_option
def replay(
    start: datetime,
    end: datetime,
    frequency: str | None,
    windows: str,
    param: str | None,
    changes: tuple[str, ...],
    out: Path,
    as_json: bool,
) -> None:
    """Replay drift policies over past windows.

    The result has the retrains, the promotions and the metric of each policy. The pipeline runs in sandboxes,
    once per window. Stages that DVC's caches know do not run again.
    """
    from trimtab.local.history_replay import declared_param, replay_history
    from trimtab.local.replay_report import replay_table, save_replay
    from trimtab.pipeline.graph import Project
    from trimtab.terminal import Console
    from trimtab.time_window import window_boundaries

    parsed = [_parse_change(change) for change in changes]
    project = Project(Path.cwd())
    graph = project.graph()
    replays = replay_history(
        project.root,
        graph,
        window_boundaries(start, end, frequency or _frequency_of(project.root / windows)),
        param=param or declared_param(project.root, graph),
        windows=windows,
        changes=parsed,
    )
    save_replay(replays, out)
    if as_json:
        print_json("drift replay", {"policies": json.loads((out / "replay.json").read_bytes())})
    else:
        Console().print(replay_table(replays))


def _frequency_of(folder: Path) -> str:
    from trimtab.time_window import windows_in_folder

    if not folder.is_dir():
        raise click.UsageError(
            f"The checkout has no folder '{folder}', whose windows would tell their frequency:"
            " give `--every`, or `dvc pull` it"
        )
    return next(iter(windows_in_folder(folder))).frequency


def _parse_change(text: str) -> PolicyChange:
    from ruamel.yaml import YAML

    from trimtab.local.policy_replay import PolicyChange

    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"'{text}' is not KEY=VALUE", param_hint="--also")
    return PolicyChange(key.removeprefix("drift."), YAML(typ="safe", pure=True).load(value))
