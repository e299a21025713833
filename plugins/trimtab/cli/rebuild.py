"""The command `trimtab rebuild`."""

from __future__ import annotations

import sys

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo

CANNOT_REBUILD = 2  # exit code


@click.command(epilog=example("trimtab rebuild 3"))
@click.argument("version", type=click.IntRange(1))
@model_option
@json_option
def rebuild(version: int, model: str | None, as_json: bool) -> None:
    """Rebuild VERSION, and compare the result with it.

    It is rebuilt from its commit, params, lock and data. The stages run in a temporary checkout, without
    DVC's cache. Your files and the registry do not change. The output of the stages goes to standard error.

    The exit code is 0 if all is identical, 1 if something differs, 2 if the rebuild is not possible.
    """
    from trimtab.errors import TrimtabError
    from trimtab.pipeline.graph import Project
    from trimtab.registry import find_version
    from trimtab.registry.rebuild import rebuild as rebuild_version
    from trimtab.registry.rebuild import show_rebuilt

    try:
        chosen = choose_model(model)
        root, found = Project(chosen.root).root, find_version(chosen.name, version)
        rebuilt = rebuild_version(root, found, log_line=lambda line: echo(line, err=True))
    except TrimtabError as err:
        reason = {"verdict": "cannot", "what": err.what, "where": err.where, "fix": err.fix}
        print_json("rebuild", reason) if as_json else echo(f"The version cannot be rebuilt: {err}")
        sys.exit(CANNOT_REBUILD)
    if as_json:
        print_json("rebuild", rebuilt.to_dict())
    else:
        from trimtab.terminal import Console

        show_rebuilt(rebuilt, Console())
    sys.exit(0 if rebuilt.identical else 1)
