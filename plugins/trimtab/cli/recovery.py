"""Commands of recovery: drill, inventory, isolate."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model, roots_of_models
from trimtab.cli.registry_options import current_user, model_option
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.registry.recovery import Affected

CANNOT_DRILL = 2  # exit code


@click.command(epilog=example("trimtab drill s3://backups/orders"))
@click.argument("source", metavar="FROM", required=False)
@model_option
@json_option
def drill(source: str | None, model: str | None, as_json: bool) -> None:
    """Prove that the newest backup gives the champion back.

    It is restored and the champion rebuilt. How long that took is recorded.

    The backup is restored into a temporary folder, with an MLflow server of its own, and without DVC's
    remote. The drill is good if the restored copy has no error, the rebuilt champion is identical, and
    `recovery` of params.yaml allows the age of the backup and the time. FROM is by default TRIMTAB_BACKUP.

    The exit code is 0 for a good drill, 1 for a failed one, 2 if MLflow or the location does not answer.
    """
    from trimtab.errors import TrimtabError
    from trimtab.registry.recovery import find_backup_location, read_recovery_policy, run_drill, show_drill
    from trimtab.terminal import Console

    try:
        chosen = choose_model(model)
        done = run_drill(
            chosen.root,
            chosen.name,
            read_recovery_policy(chosen.root),
            find_backup_location(source),
            by=current_user(),
            log_line=lambda line: echo(line, err=True),
        )
    except TrimtabError as err:
        err.exit_code = CANNOT_DRILL
        raise
    if as_json:
        print_json("drill", done.to_dict())
    else:
        show_drill(done, Console())
    sys.exit(0 if done.verdict == "good" else 1)


@click.command(epilog=example("trimtab inventory s3://backups/orders /mnt/backups/orders"))
@click.argument("locations", metavar="[FROM]...", nargs=-1)
@model_option
@json_option
def inventory(locations: tuple[str, ...], model: str | None, as_json: bool) -> None:
    """Show the copies that a recovery needs, and their owner.

    FROM are the backup locations, by default TRIMTAB_BACKUP. The rule 3-2-1-1-0 asks for three copies, on
    two media, one off-site, one immutable, and no error in the last recovery drill. A folder counts as a disk
    of this site, even if it is mounted from another.

    The exit code is 1 if one of these does not hold, or nobody is named as `recovery.owner` in params.yaml.
    """
    from trimtab.registry.recovery import BACKUP_VARIABLE, show_inventory, take_inventory
    from trimtab.terminal import Console

    chosen = choose_model(model)
    named = locations or tuple(filter(None, [os.environ.get(BACKUP_VARIABLE, "")]))
    found = take_inventory(chosen.root, chosen.name, named)
    if as_json:
        print_json("inventory", found.to_dict())
    else:
        show_inventory(found, Console())
    sys.exit(0 if found.complete else 1)


@click.command(epilog=example("trimtab isolate 1d0e3fbc4f5ae1c8e7e2b7a4b2b0a3c4 --reason 'wrong labels'"))
@click.argument("content", metavar="[HASH]", required=False)
@click.option("--reason", help="Why; required with HASH, and recorded.")
@click.option("--undo", is_flag=True, help="Release it: it is sound after all.")
@json_option
def isolate(content: str | None, reason: str | None, undo: bool, as_json: bool) -> None:
    """Mark data as tainted, and name what came of it.

    That is: every version, score and drift verdict.

    HASH is the `md5` of a file or a folder, as `dvc.lock` has it. Without it, the command lists what is
    isolated. No version that came of isolated data is promoted. While one is live, `trimtab verify` and
    `trimtab status` fail. Nothing is deleted.
    """
    from trimtab.registry.recovery import isolate as isolate_content
    from trimtab.registry.recovery import list_isolated, release, show_affected, show_isolated
    from trimtab.terminal import Console

    if content is None:
        if reason or undo:
            raise click.UsageError("Missing argument 'HASH': --reason and --undo are about one content.")
        entries = list_isolated()
        if as_json:
            print_json("isolated", {"isolated": [entry.model_dump(mode="json") for entry in entries]})
        else:
            show_isolated(entries, Console())
        return
    if not reason:
        raise click.UsageError("Missing option '--reason': it is recorded with the hash.")
    if undo:
        entry = release(content, by=current_user(), reason=reason)
        if as_json:
            print_json("release", {"entry": entry.model_dump(mode="json")})
        else:
            echo(f"{entry.hash} is released: {entry.reason}")
        return
    roots, here = roots_of_models()
    done = isolate_content(content, by=current_user(), reason=reason, roots=roots, default=here)
    if as_json:
        print_json("isolate", done.to_dict())
        return
    echo(f"{done.entry.hash} is isolated: {done.entry.reason}")
    show_affected(done.affected, Console())
    _say_what_to_do(done.affected)


def _say_what_to_do(affected: Affected) -> None:
    """Say what to do about champions that came of the content."""
    for version in affected.versions:
        if "champion" in version.live.split(", "):
            echo(
                f"to do: {version.model} version {version.version} is live. Go back with `trimtab rollback`, "
                "or train without the data",
                fg="red",
            )
