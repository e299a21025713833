"""Commands of the registry: publish, promote, roll back, show drift verdicts.

`compare`, `models`, `score` and `rebuild` have modules of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.compare import compare
from trimtab.cli.each_model import registered_models, show_each_model
from trimtab.cli.model_choice import choose_model, choose_pipeline, require_registered, several_pipelines
from trimtab.cli.models import models
from trimtab.cli.rebuild import rebuild
from trimtab.cli.registry_options import current_user, model_option, reason_option
from trimtab.cli.score import score
from trimtab.escaping import confirm, echo

if TYPE_CHECKING:
    from trimtab.registry.promotion import Approval
    from trimtab.terminal import Console

__all__ = ["compare", "drift_report", "models", "promote", "publish", "rebuild", "rollback", "score"]


@click.command()
@model_option
@click.option("--reason", default="manual", show_default=True, help="Why the model was made.")
@click.option(
    "--promote", "then_promote", is_flag=True, help="Compare them, and promote the best if the policy allows."
)
def publish(model: str | None, reason: str, then_promote: bool) -> None:
    """Register the model of this checkout and its candidates, once for each content.

    All gates must have passed.
    """
    from trimtab.pipeline.graph import Project
    from trimtab.registry.promotion import promote_from_checkout, publish_checkout

    project = Project(choose_pipeline(model))
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

    chosen = choose_model(model)
    chosen.require_own()
    entry = promote_manually(
        find_version(chosen.name, version),
        by=current_user(),
        reason=reason,
        trusted=chosen.trusted_types(),
        problem=chosen.problem_type(),
    )
    if entry is None:
        raise RegistryError(
            f"Another switch of '{chosen.name}' was first: the version was not promoted",
            where=f"MLflow: registered model '{chosen.name}'",
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

    chosen = choose_model(model)
    chosen.require_own()
    entry = roll_back(
        chosen.name,
        to=to,
        by=current_user(),
        reason=reason,
        trusted=chosen.trusted_types(),
        problem=chosen.problem_type(),
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
    """Show the drift verdicts in MLflow: a list of all, or the report on one window.

    In the root of a repository with several pipelines, the list has the verdicts of all their models.
    """
    from trimtab import terminal
    from trimtab.registry.drift_log import list_verdicts, save_report, verdict_table

    def show(name: str, console: Console) -> None:
        verdicts = list_verdicts(name)
        console.print(verdict_table(verdicts) if verdicts else "no verdicts")

    if window is None:
        if model is None and (pipelines := several_pipelines()):
            show_each_model(pipelines, registered_models(pipelines), show)
        else:
            show(require_registered(model) if model else choose_model(None).name, terminal.Console())
        return
    chosen = choose_model(model)
    own = chosen.root.name if chosen.root != Path.cwd() else ""  # as the main job saves it
    folder = out or Path(".trimtab", "reports", own, f"drift-{window}")
    echo(save_report(chosen.name, window, folder).sentence)
    echo(f"{folder / 'report.html'}")


def _ask_for_approval(question: str) -> Approval:
    """Ask the user at the terminal."""
    from trimtab.registry import Approval

    return Approval(confirm(f"{question}\nPromote it?"), current_user())
