"""Commands of the registry: publish, promote, roll back, show drift verdicts.

`compare`, `models`, `score` and `rebuild` have modules of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.compare import compare
from trimtab.cli.models import models
from trimtab.cli.rebuild import rebuild
from trimtab.cli.registry_options import (
    current_user,
    declared_problem_type,
    model_option,
    project_trusted_types,
    reason_option,
    resolve_model,
)
from trimtab.cli.score import score
from trimtab.escaping import confirm, echo

if TYPE_CHECKING:
    from trimtab.registry.promotion import Approval

__all__ = ["compare", "drift_report", "models", "promote", "publish", "rebuild", "rollback", "score"]


@click.command()
@click.option("--reason", default="manual", show_default=True, help="Why the model was made.")
@click.option(
    "--promote", "then_promote", is_flag=True, help="Compare them, and promote the best if the policy allows."
)
def publish(reason: str, then_promote: bool) -> None:
    """Register the model of this checkout and its candidates, once for each content.

    All gates must have passed.
    """
    from trimtab.pipeline.graph import Project
    from trimtab.registry.promotion import promote_from_checkout, publish_checkout

    project = Project(Path.cwd())
    graph = project.graph()
    versions = publish_checkout(project.root, graph, reason=reason, by=current_user())
    for version in versions:
        candidate = f", the candidate {version.tag('candidate')}," if version.tag("candidate") else ""
        echo(f"{version}{candidate} {'is registered' if version.created else 'was registered already'}")
    if then_promote:
        decision = promote_from_checkout(
            versions, project.root, graph, by=current_user(), ask=_ask_for_approval
        )
        echo(f"{'promoted' if decision.promoted else 'not promoted'}: {decision.sentence}")


@click.command()
@click.argument("version", type=click.IntRange(1))
@model_option
@reason_option
def promote(version: int, model: str | None, reason: str) -> None:
    """Make VERSION champion without a comparison, after a smoke test."""
    from trimtab.errors import RegistryError
    from trimtab.registry import find_version, promote_manually
    from trimtab.registry.promotion import describe_entry

    name = resolve_model(model)
    entry = promote_manually(
        find_version(name, version),
        by=current_user(),
        reason=reason,
        trusted=project_trusted_types(),
        problem=declared_problem_type(),
    )
    if entry is None:
        raise RegistryError(
            f"Another switch of '{name}' was first: the version was not promoted",
            where=f"MLflow: registered model '{name}'",
            fix="read `trimtab models`, and promote again if that is still right",
        )
    echo(describe_entry(entry))


@click.command()
@model_option
@click.option(
    "--to",
    type=click.IntRange(1),
    metavar="VERSION",
    help="The version to go back to.  [default: the champion before]",
)
@reason_option
def rollback(model: str | None, to: int | None, reason: str) -> None:
    """Make an earlier champion the champion again, after a smoke test.

    The version that is rolled back from is retired: no automatic promotion brings it back.
    """
    from trimtab.registry.promotion import describe_entry, roll_back

    entry = roll_back(
        resolve_model(model),
        to=to,
        by=current_user(),
        reason=reason,
        trusted=project_trusted_types(),
        problem=declared_problem_type(),
    )
    echo(describe_entry(entry))


@click.command("report")
@model_option
@click.option("--window", help="Save the report on this window.  [default: list all verdicts]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for verdict.json and report.html.  [default: .trimtab/reports/drift-WINDOW]",
)
def drift_report(model: str | None, window: str | None, out: Path | None) -> None:
    """Show the drift verdicts in MLflow: a list of all, or the report on one window."""
    from trimtab.registry.drift_log import list_verdicts, save_report, verdict_table

    if window is None:
        from trimtab.terminal import Console

        verdicts = list_verdicts(resolve_model(model))
        Console().print(verdict_table(verdicts) if verdicts else "no verdicts")
        return
    folder = out or Path(".trimtab", "reports", f"drift-{window}")
    echo(save_report(resolve_model(model), window, folder).sentence)
    echo(f"{folder / 'report.html'}")


def _ask_for_approval(question: str) -> Approval:
    """Ask the user at the terminal."""
    from trimtab.registry import Approval

    return Approval(confirm(f"{question}\nPromote it?"), current_user())
