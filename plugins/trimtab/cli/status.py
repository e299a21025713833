"""The command `trimtab status`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.each_model import choose_models, show_each_model
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.registry_options import model_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trimtab.control_room import LiveState

EXIT_CODES = {"ok": 0, "watch": 1, "act": 2}


@click.command(epilog=example("trimtab status"))
@model_option
@json_option
def status(model: str | None, as_json: bool) -> None:
    """Show whether the live model is all right, and what to do.

    The champion, who made it champion and why; its newest windows with verdicts; the retrain budget; scores;
    the objectives, and the last recovery drill.
    In the root of a repository with several pipelines, it shows all their models.

    Exit code: 0 if all is well, 1 for something to watch, 2 if a person has to act.
    """
    from trimtab.control_room import show_live
    from trimtab.terminal import Console

    now = datetime.now(UTC)
    pipelines, chosen = choose_models(model)
    states = {name: _read(name, root, now) for name, root in chosen.items()}
    if as_json:
        print_json("status", {"models": [_to_dict(live) for live in states.values()]})
    elif pipelines:
        show_each_model(pipelines, states, lambda name, console: show_live(states[name], console, now))
    else:
        show_live(next(iter(states.values())), Console(), now)
    broken = [EXIT_CODES["act"] for pipeline in pipelines if pipeline.error]
    sys.exit(max([EXIT_CODES[live.assessment.health] for live in states.values()] + broken, default=0))


def _read(name: str, root: Path, now: datetime) -> LiveState:
    from trimtab.control_room import LivePolicies, figures_cache, read_live

    return read_live(name, figures_cache(root), now, LivePolicies.read(root))


def _to_dict(live: LiveState) -> Mapping[str, object]:
    return live.model_dump(mode="json")
