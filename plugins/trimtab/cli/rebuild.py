"""The command `trimtab rebuild`."""

from __future__ import annotations

import json
import sys

import click

from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo

CANNOT_REBUILD = 2  # exit code


@click.command()
@click.argument("version", type=click.IntRange(1))
@model_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the verdict and each difference.")
def rebuild(version: int, model: str | None, as_json: bool) -> None:
    """Rebuild VERSION from its commit, params, lock and data, and compare the result with it.

    The stages run in a temporary checkout, without DVC's cache. Your files and the registry do not change.
    The output of the stages goes to standard error.

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
        echo(json.dumps(reason, indent=2) if as_json else f"The version cannot be rebuilt: {err}")
        sys.exit(CANNOT_REBUILD)
    if as_json:
        echo(json.dumps(rebuilt.to_dict(), indent=2, ensure_ascii=False))
    else:
        from trimtab.terminal import Console

        show_rebuilt(rebuilt, Console())
    sys.exit(0 if rebuilt.identical else 1)
