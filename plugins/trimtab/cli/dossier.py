"""The command `trimtab dossier`."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json_file
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo


@click.command(epilog=example("trimtab dossier 3 --out dossier"))
@click.argument("version", type=click.IntRange(1))
@model_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for dossier.json and dossier.html.  [default: .trimtab/dossiers/MODEL-VERSION]",
)
@json_option
def dossier(version: int, model: str | None, out: Path | None, as_json: bool) -> None:
    """Write model card and documentation of VERSION.

    One page and the same as JSON. Each sentence has the hash it rests on, and the same state gives the same
    bytes. What only a person can write is read from dossier.yaml of the version's commit, and listed as
    missing where nobody has written it.
    """
    from trimtab.dossier import DOSSIER_FILE, build_dossier, write_dossier

    chosen = choose_model(model)
    built = build_dossier(chosen.root, chosen.name, version)
    folder = out or Path(".trimtab", "dossiers", f"{chosen.name}-{version}")
    page = write_dossier(built, folder)
    if as_json:
        print_json_file("dossier", folder / "dossier.json")
        return
    echo(f"{page}: {built.model} version {built.version}, {len(built.sources)} sources")
    if built.missing:
        keys = ", ".join(missing.key for missing in built.missing)
        echo(f"missing, only a person can write them ({DOSSIER_FILE}): {keys}")
