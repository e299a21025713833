"""The commands `trimtab models` and `trimtab models at`: versions, champions and the ledger."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.each_model import registered_models, show_each_model
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model, require_registered, several_pipelines
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.pipeline.graph import Pipeline
    from trimtab.registry.ledger import LedgerEntry


@click.group(invoke_without_command=True, epilog=example("trimtab models --json"))
@model_option
@json_option
@click.pass_context
def models(context: click.Context, model: str | None, as_json: bool) -> None:
    """Show versions, champions, and who promoted them and why.

    The champion is the first one.

    In the root of a repository with several pipelines, the models of all of them.

    The exit code is 1 if the ledger has a gap, was tampered with, or differs from the alias; or if a pipeline
    of the repository cannot be read.
    """
    context.obj = model
    if context.invoked_subcommand:
        return
    from trimtab.registry.promotion import read_history, show_history

    if model is None and (pipelines := several_pipelines()):
        sys.exit(1 if _show_all(pipelines, as_json=as_json) else 0)
    history = read_history(require_registered(model) if model else choose_model(None).name)
    if as_json:
        print_json("models", history.to_dict())
    else:
        from trimtab.terminal import Console

        show_history(history, Console())
    sys.exit(1 if history.problems else 0)


def _show_all(pipelines: Sequence[Pipeline], *, as_json: bool) -> bool:
    """Show the models of all pipelines, and return whether something is wrong with one of them."""
    from trimtab.registry.promotion import read_history, show_history

    histories = {name: read_history(name) for name in registered_models(pipelines)}
    if as_json:
        content = [
            {
                "pipeline": pipeline.name,
                "error": str(pipeline.error) if pipeline.error else None,
                "models": [histories[name].to_dict() for name in pipeline.models if name in histories],
            }
            for pipeline in pipelines
        ]
        print_json("models of all pipelines", {"pipelines": content})
    else:
        show_each_model(pipelines, histories, lambda name, console: show_history(histories[name], console))
    return any(pipeline.error for pipeline in pipelines) or any(h.problems for h in histories.values())


@models.command("at", epilog=example("trimtab models at 2024-07-01"))
@click.argument("moment", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]))
@json_option
@click.pass_context
def models_at(context: click.Context, moment: datetime, as_json: bool) -> None:
    """Show which version was live at MOMENT.

    There is an answer by the clock, and one by the calendar of the data.

    MOMENT is in UTC; a date is its first second. Clock and calendar differ in a backfill. By the calendar, a
    version is live from the date on which its data end.
    """
    from trimtab.registry.promotion import describe_entry, read_history

    history = read_history(require_registered(context.obj) if context.obj else choose_model(None).name)
    found: dict[str, LedgerEntry | None] = {
        "clock": history.ledger.entry_at(moment.replace(tzinfo=UTC)),
        "calendar": history.ledger.entry_at_data_date(moment.date().isoformat()),
    }
    if as_json:
        content = {key: entry and {**entry.to_dict(), "hash": entry.hash} for key, entry in found.items()}
        print_json("models at", content)
    else:
        for key, entry in found.items():
            echo(f"by the {key}: {describe_entry(entry)}")
    for problem in history.problems:
        echo(problem, fg="red", err=True)
    sys.exit(1 if history.problems else 0)
