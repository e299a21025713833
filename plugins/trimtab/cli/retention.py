"""Commands of retention: verify, backup, restore, prune."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo

CANNOT_VERIFY = 2  # exit code


@click.command(epilog=example("trimtab verify --deep"))
@model_option
@click.option("--deep", is_flag=True, help="Read and hash the objects in remotes, not only check their size.")
@click.option(
    "--backup", "location", metavar="FROM", help="Verify the newest backup there, not the live versions."
)
@json_option
def verify(model: str | None, deep: bool, location: str | None, as_json: bool) -> None:
    """Verify that each live version exists and is not altered.

    That is: its code, lock, data, model and signature. A version is live if an alias points to it, or if it
    was champion within `retention.champion_days`.

    The exit code is 1 if something is lost or altered, 2 if MLflow or a remote does not answer.
    """
    from trimtab.errors import TrimtabError

    try:
        intact = (
            _verify_backup(location, as_json=as_json)
            if location
            else _verify_versions(model, deep=deep, as_json=as_json)
        )
    except TrimtabError as err:
        err.exit_code = CANNOT_VERIFY
        raise
    sys.exit(0 if intact else 1)


def _verify_versions(model: str | None, *, deep: bool, as_json: bool) -> bool:
    from trimtab.registry.retention import read_policy, show_verification
    from trimtab.registry.retention import verify as verify_versions
    from trimtab.terminal import Console

    chosen = choose_model(model)
    found = verify_versions(chosen.root, chosen.name, read_policy(chosen.root), deep=deep)
    if as_json:
        print_json("verify", found.to_dict())
    else:
        show_verification(found, Console())
    return not found.problems


def _verify_backup(location: str, *, as_json: bool) -> bool:
    from trimtab.errors import RegistryError
    from trimtab.registry.retention import check_backup, open_backup_location

    try:
        manifest = check_backup(open_backup_location(location))
    except RegistryError as err:
        if as_json:
            print_json("verify backup", {"taken": None, "files": None, "problems": [str(err)]})
        else:
            echo(str(err), fg="red", err=True)
        return False
    if as_json:
        content = {"taken": manifest.taken, "files": len(manifest.names), "problems": []}
        print_json("verify backup", content)
        return True
    echo(f"The backup of {manifest.taken} is intact: {len(manifest.names):,} files")
    return True


@click.command(epilog=example("trimtab backup s3://backups/orders"))
@click.argument("to")
@model_option
@json_option
def backup(to: str, model: str | None, as_json: bool) -> None:
    """Back up MLflow, git, and the data of live versions to TO.

    TO is a folder, an address such as s3://bucket/folder, or the name of a DVC remote. Run the command where
    MLflow's server runs, with the server's settings MLFLOW_BACKEND_STORE_URI and
    MLFLOW_ARTIFACTS_DESTINATION.

    With `recovery.lock_days` in params.yaml, TO has to be in a bucket with object lock. Then all files of the
    backup are locked for these days, and nobody can delete or alter them.

    The exit code is 1 if a part of a live version is lost or altered; the backup has the rest.
    """
    from trimtab.registry.recovery import read_recovery_policy
    from trimtab.registry.retention import read_policy, size_text, take_backup

    chosen = choose_model(model)
    lock_days = read_recovery_policy(chosen.root).lock_days
    taken = take_backup(chosen.root, chosen.name, read_policy(chosen.root), to, lock_days=lock_days)
    if as_json:
        content = {
            "name": taken.name,
            "taken": taken.manifest.taken,
            "live": dict(taken.manifest.live),
            "bytes": taken.manifest.size,
            "new_files": taken.new_files,
            "new_bytes": taken.new_bytes,
            "lacking": list(taken.manifest.lacking),
            "locked_until": taken.locked_until.isoformat(timespec="seconds") if taken.locked_until else None,
        }
        print_json("backup taken", content)
        sys.exit(1 if taken.manifest.lacking else 0)
    live = ", ".join(taken.manifest.live) or "(none)"
    new = f"{taken.new_files:,} new files, {size_text(taken.new_bytes)}"
    echo(f"{taken.name}\nlive versions {live}: {size_text(taken.manifest.size)}, of it {new}")
    if taken.locked_until:
        echo(f"locked until {taken.locked_until:%Y-%m-%d}: nobody can delete or alter it before")
    for sentence in taken.manifest.lacking:
        echo(f"lacking: {sentence}", fg="red", err=True)
    sys.exit(1 if taken.manifest.lacking else 0)


@click.command(epilog=example("trimtab restore s3://backups/orders restored"))
@click.argument("source", metavar="FROM")
@click.argument("into", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The backup.  [default: the newest]")
@json_option
def restore(source: str, into: Path, name: str, as_json: bool) -> None:
    """Restore a backup from FROM into the empty folder INTO.

    All files are checked first. A PostgreSQL database is restored into the empty database of
    MLFLOW_BACKEND_STORE_URI.
    """
    from trimtab.registry.retention import open_backup_location
    from trimtab.registry.retention import restore as restore_backup

    restored = restore_backup(open_backup_location(source), into, name=name)
    taken = restored.manifest.taken
    if as_json:
        content = {"project": str(restored.project), "server_command": restored.server_command}
        print_json("restore", {"taken": taken, "folder": str(into), **content})
        return
    echo(f"The backup of {taken} is restored in {into}. Start MLflow:\n\n  {restored.server_command}\n")
    echo(f"Then, in {restored.project}, with MLFLOW_TRACKING_URI set to that server: trimtab verify")


@click.command(epilog=example("trimtab prune --yes"))
@model_option
@click.option("--yes", is_flag=True, help="Remove it; without this option it is only listed.")
@json_option
def prune(model: str | None, yes: bool, as_json: bool) -> None:
    """List what `retention` no longer keeps; --yes removes it.

    `retention` is a section of params.yaml. Not kept are old candidates with their runs, drift verdicts,
    files of failed stages, and objects of DVC's cache that are not referenced. What a live version was made
    of is always kept.
    """
    from trimtab.registry.retention import find_removals, read_policy, show_removals
    from trimtab.terminal import Console

    chosen = choose_model(model)
    with find_removals(chosen.root, chosen.name, read_policy(chosen.root)) as found:
        if not as_json:
            show_removals(found, Console())
        for removal in found if yes else ():
            removal.remove()
        if as_json:
            removals = [{"what": each.what, "bytes": each.size, "reason": each.why} for each in found]
            print_json("prune", {"removed": yes, "removals": removals})
        elif found:
            echo("Removed." if yes else "Nothing was removed; `trimtab prune --yes` removes it.")
