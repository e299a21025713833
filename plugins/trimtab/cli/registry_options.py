"""Options that the registry's commands share, and what they stand for."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.completion import complete_model

if TYPE_CHECKING:
    from trimtab.learning import ProblemType

model_option = click.option(
    "--model",
    metavar="NAME",
    shell_complete=complete_model,
    help="Registered model.  [default: the model of this project]",
)
reason_option = click.option("--reason", required=True, help="Why; recorded in the ledger.")


def resolve_model(model: str | None) -> str:
    """Return the registered model: the given one, or that of the project in the working directory.

    Raises:
        ProjectError: No name is given, and the working directory is no project that makes a model.
        RegistryError: MLflow has no model of that name.
    """
    from trimtab.registry.publishing import read_model_name
    from trimtab.registry.tracking import connection, require_model

    if model is None:
        return read_model_name(Path.cwd())
    with connection() as client:
        require_model(client, model)
    return model


def project_trusted_types() -> tuple[str, ...]:
    """Return the types that a model may hold, as the project lists them; outside of a project, none."""
    from trimtab.registry.publishing import trusted_types

    root = Path.cwd()
    return trusted_types(root) if (root / ".dvc").is_dir() else ()


def declared_problem_type() -> ProblemType:
    """Return the problem type that the project declares; outside of a project, binary classification."""
    from trimtab.learning import BINARY
    from trimtab.registry.publishing import project_problem_type

    root = Path.cwd()
    return project_problem_type(root) if (root / ".dvc").is_dir() else BINARY


def current_user() -> str:
    """Return the name of the user, as the ledger records it."""
    return getpass.getuser()
