"""The commands `trimtab models` and `trimtab models at`: versions, champions and the ledger."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.registry_options import model_option, resolve_model
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.registry.ledger import LedgerEntry


@click.group(invoke_without_command=True, epilog=example("trimtab models --json"))
@model_option
@json_option
@click.pass_context
def models(context: click.Context, model: str | None, as_json: bool) -> None:
    """Show versions, champions, and who promoted them and why.

    The champion is the first one.

    The exit code is 1 if the ledger has a gap, was tampered with, or differs from the alias.
    """
    context.obj = model
    if context.invoked_subcommand:
        return
    from trimtab.registry.promotion import read_history, show_history

    history = read_history(resolve_model(model))
    if as_json:
        print_json("models", history.to_dict())
    else:
        from trimtab.terminal import Console

        show_history(history, Console())
    sys.exit(1 if history.problems else 0)


@models.command("at", epilog=example("trimtab models at 2013-07-01"))
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

    history = read_history(resolve_model(context.obj))
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
