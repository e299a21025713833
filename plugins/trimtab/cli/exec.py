"""The command `trimtab exec`, which runs the command of a stage in an environment of its own."""

from __future__ import annotations

import os
from pathlib import Path

import click

from trimtab.cli.command_groups import example


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog=example("trimtab exec --environment requirements/team-b.lock -- python train.py"),
)
@click.option(
    "--environment",
    "lock",
    type=click.Path(path_type=Path),
    metavar="LOCK",
    required=True,
    help="The lock file of the environment: each package with its version and hashes.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec(lock: Path, command: tuple[str, ...]) -> None:
    """Run a stage's COMMAND with the packages of a lock file.

    The lock file belongs to the project, and is a dependency of the stage. The environment is created once
    for each content of it. The exit code is that of COMMAND.
    """
    from trimtab.errors import ConfigError, ProjectError
    from trimtab.virtual_environment import activate, ensure_environment

    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / ".dvc").is_dir()), None)
    if root is None:
        raise ProjectError(
            "The folder is in no DVC project", where=str(here), fix="call the command in a project"
        )
    variables = activate(ensure_environment(lock, root=root), os.environ)
    try:
        os.execvpe(command[0], command, variables)
    except FileNotFoundError as err:
        raise ConfigError(
            f"The program does not exist: {command[0]}",
            where=f"the environment of {lock}, and PATH",
            fix="add its package to the lock file",
        ) from err
