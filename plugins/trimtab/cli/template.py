"""The command ``trimtab remove-example``."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.escaping import confirm, echo


@click.command("remove-example")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_example(yes: bool) -> None:
    """Make this clone of the template a fork: remove the example and what is upstream's alone.

    The change is staged in git, and not committed. DVC's cache keeps the data of the example.
    """
    from trimtab.template import plan_removal

    removal = plan_removal(Path.cwd())
    echo("To be removed:")
    for path, content in removal.summary():
        echo(f"  {path}  ({content})")
    echo(f"To be replaced: {', '.join(removal.replaced)}")
    if not (yes or confirm("Remove them?")):
        raise click.Abort
    removal.apply()
    echo("Removed, and staged in git: `git status` shows the change. `git commit` keeps it.")
