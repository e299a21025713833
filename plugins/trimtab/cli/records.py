"""The command ``trimtab fetch``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import echo


@click.command(epilog=example("trimtab fetch"))
@json_option
def fetch(as_json: bool) -> None:
    """Fetch records of runs of other hosts from the DVC remote.

    Each becomes the same commit as there: `dvc exp show` lists it, and `git switch --detach COMMIT` and
    `trimtab checkout` check it out. Its revision must be a commit of this repository, so `git fetch` first.
    The exit code is 1 if a record was refused.
    """
    from trimtab.pipeline.graph import Project
    from trimtab.pipeline.record import fetch_records

    fetched = []
    for record in fetch_records(Project(Path.cwd()).root):
        fetched.append(record)
        if not as_json:
            echo(f"{record.name}: {record.commit or f'refused: {record.refusal}'}")
    if as_json:
        print_json("fetch", {"records": [vars(record) for record in fetched]})
    elif not fetched:
        echo("every record of the DVC remote is here already")
    if any(record.refusal for record in fetched):
        sys.exit(1)
