"""Commands that keep what the registry promises: verify, backup, restore, prune."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from trimtab.cli.registry import model_option, named
from trimtab.escaping import echo

CANNOT_LOOK = 2  # exit code


@click.command()
@model_option
@click.option(
    "--deep", is_flag=True, help="Read and hash what remotes have, instead of asking whether it is there."
)
@click.option("--backup", "place", metavar="FROM", help="Look at the newest backup there instead.")
@click.option("--json", "as_json", is_flag=True, help="For programs: versions and problems.")
def verify(model: str | None, deep: bool, place: str | None, as_json: bool) -> None:
    """Check that code, lock, data and model of every live version are there, and unaltered.

    Live is what an alias points at, and what was champion within `retention.champion_days`. Ends with exit
    code 1 if something is lost or altered, 2 if MLflow or a remote cannot be reached.
    """
    from trimtab.errors import TrimtabError

    try:
        right = _verify_backup(place) if place else _verify(named(model), deep=deep, as_json=as_json)
    except TrimtabError as err:
        echo(str(err), fg="red", err=True)
        sys.exit(CANNOT_LOOK)
    sys.exit(0 if right else 1)


def _verify(model: str, *, deep: bool, as_json: bool) -> bool:
    from trimtab.registry.retention import read_policy, show_verification
    from trimtab.registry.retention import verify as verify_versions
    from trimtab.terminal import Console

    found = verify_versions(Path.cwd(), model, read_policy(Path.cwd()), deep=deep)
    if as_json:
        echo(json.dumps(found.plain(), indent=2, ensure_ascii=False))
    else:
        show_verification(found, Console())
    return not found.problems


def _verify_backup(place: str) -> bool:
    from trimtab.errors import RegistryError
    from trimtab.registry.retention import check_backup, open_vault

    try:
        backup = check_backup(open_vault(place))
    except RegistryError as err:
        echo(str(err), fg="red", err=True)
        return False
    echo(f"The backup of {backup.taken} is whole: {len(backup.names):,} files")
    return True


@click.command()
@click.argument("to")
@model_option
def backup(to: str, model: str | None) -> None:
    """Back up MLflow, the repository, and the contents of live versions to TO.

    TO is a folder, an address such as s3://bucket/folder, or the name of a DVC remote. Run it where MLflow's
    server runs, with the server's settings MLFLOW_BACKEND_STORE_URI and MLFLOW_ARTIFACTS_DESTINATION. Ends
    with exit code 1 if something of a live version could not be had; the backup has the rest.
    """
    from trimtab.registry.retention import read_policy, size_text, take_backup

    taken = take_backup(Path.cwd(), named(model), read_policy(Path.cwd()), to)
    live = ", ".join(taken.backup.live) or "(none)"
    new = f"{taken.new_files:,} new files, {size_text(taken.new_bytes)}"
    echo(f"{taken.name}\nlive versions {live}: {size_text(taken.backup.size)}, of it {new}")
    for sentence in taken.backup.lacking:
        echo(f"lacking: {sentence}", fg="red", err=True)
    sys.exit(1 if taken.backup.lacking else 0)


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("into", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Which backup.  [default: the newest]")
def restore(source: str, into: Path, name: str) -> None:
    """Restore a backup from FROM into the empty folder INTO; all of it is checked first.

    A PostgreSQL database is restored into the empty one that MLFLOW_BACKEND_STORE_URI names.
    """
    from trimtab.registry.retention import open_vault
    from trimtab.registry.retention import restore as restore_backup

    restored = restore_backup(open_vault(source), into, name=name)
    echo(f"The backup of {restored.backup.taken} is in {into}. To serve it:\n\n  {restored.server}\n")
    echo(f"Then, in {restored.project}, with MLFLOW_TRACKING_URI set to it: trimtab verify")


@click.command()
@model_option
@click.option("--yes", is_flag=True, help="Remove it; otherwise it is only shown.")
def prune(model: str | None, yes: bool) -> None:
    """Show what `retention` in params.yaml keeps no longer, and with --yes remove it.

    Old candidates with their runs, drift verdicts, what failed stages left, and objects of DVC's cache that
    nothing names. Never what a live version was made of.
    """
    from trimtab.registry.retention import read_policy, removals, show_removals
    from trimtab.terminal import Console

    with removals(Path.cwd(), named(model), read_policy(Path.cwd())) as found:
        show_removals(found, Console())
        for removal in found if yes else ():
            removal.remove()
        if found:
            echo("Removed." if yes else "Nothing has been removed; `trimtab prune --yes` does it.")
