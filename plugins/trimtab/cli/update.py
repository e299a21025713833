"""The command ``trimtab update``."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import echo


@click.command(epilog=example("trimtab update --dry-run"))
@click.argument("version", required=False)
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Address or folder of the template's git repository.  [default: the recorded one]",
)
@click.option("--dry-run", is_flag=True, help="Only say what the update would do.")
@json_option
@click.pass_context
def update(ctx: click.Context, version: str | None, source: str | None, dry_run: bool, as_json: bool) -> None:
    """Update the template and the library to VERSION.

    VERSION is a tag, a branch or a commit of the template; by default its newest release. Only files of the
    template change. Where you edited one, git merges both edits; a conflict is left in the file, and the exit
    code is 1. Deprecated names in your own files are rewritten. Nothing is committed.
    """
    from trimtab.template import update_project

    report = update_project(Path.cwd(), version=version, source=source, dry_run=dry_run)
    if as_json:
        print_json("update", report.to_dict())
    else:
        echo(report.to_text())
    if report.conflicts:
        ctx.exit(1)
