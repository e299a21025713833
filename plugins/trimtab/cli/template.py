"""The command ``trimtab remove-example``."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import confirm, echo


@click.command("remove-example", epilog=example("trimtab remove-example"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def remove_example(yes: bool, as_json: bool) -> None:
    """Remove the example from this clone of the template.

    What is upstream's alone is removed too, so that the clone becomes a fork. The change is staged in git,
    and not committed. DVC's cache keeps the data of the example.
    """
    from trimtab.template import plan_removal

    removal = plan_removal(Path.cwd())
    if not as_json:
        echo("To be removed:")
        for path, content in removal.summary():
            echo(f"  {path}  ({content})")
        echo(f"To be replaced: {', '.join(removal.replaced)}")
    if not (yes or confirm("Remove them?")):
        raise click.Abort
    removal.apply()
    if as_json:
        removed = [path for path, _ in removal.summary()]
        print_json("remove-example", {"removed": removed, "replaced": list(removal.replaced)})
    else:
        echo("Removed, and staged in git: `git status` shows the change. `git commit` keeps it.")
