"""The command ``trimtab update``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from trimtab.escaping import echo


@click.command()
@click.argument("version", required=False)
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Address or folder of the template's git repository.  [default: the recorded one]",
)
@click.option("--dry-run", is_flag=True, help="Only say what the update would do.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def update(ctx: click.Context, version: str | None, source: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring this project to a newer VERSION of its template and library.

    VERSION is a tag, a branch or a commit of the template; by default its newest release. Only files of the
    template change. Where you edited one, git merges both edits; a conflict is left in the file, and the exit
    code is 1. Deprecated names in your own files are rewritten. Nothing is committed.
    """
    from trimtab.template import update_project

    report = update_project(Path.cwd(), version=version, source=source, dry_run=dry_run)
    echo(json.dumps(report.to_dict(), indent=2) if as_json else report.to_text())
    if report.conflicts:
        ctx.exit(1)
