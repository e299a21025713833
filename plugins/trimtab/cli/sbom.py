"""The command `trimtab sbom`."""

from __future__ import annotations

import click

from trimtab.cli.command_groups import example
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo


@click.command(epilog=example("trimtab sbom 3 > sbom.json"))
@click.argument("version", type=click.IntRange(1))
@model_option
def sbom(version: int, model: str | None) -> None:
    """Print the bill of materials of VERSION.

    It lists the model with its card, the data sets and the Python packages, as JSON of CycloneDX 1.6. The
    same version gives the same bytes. The tags and files that it is made from are compared with the seal of
    the version first.
    """
    from trimtab.registry import find_version
    from trimtab.registry.bill_of_materials import gather_materials, write_bill_of_materials

    chosen = choose_model(model)
    found = find_version(chosen.name, version)
    echo(write_bill_of_materials(gather_materials(chosen.root, found, chosen.trust())))
