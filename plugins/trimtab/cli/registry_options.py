"""Options that the registry's commands share, and the user who calls them."""

from __future__ import annotations

import getpass

import click

from trimtab.cli.completion import complete_model

model_option = click.option(
    "--model",
    metavar="NAME",
    shell_complete=complete_model,
    help="Registered model; the pipeline that declares it is found.  [default: the model of this pipeline]",
)
reason_option = click.option("--reason", required=True, help="Why; recorded in the ledger.")


def current_user() -> str:
    """Return the name of the user, as the ledger records it."""
    return getpass.getuser()
