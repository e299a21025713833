"""Commands of the registry: publish, promote, roll back, show drift verdicts.

`compare`, `models`, `score`, `rebuild` and `sbom` have modules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.compare import compare
from trimtab.cli.completion import complete_environment
from trimtab.cli.each_model import registered_models, show_each_model
from trimtab.cli.json_output import json_option, print_json, print_json_file
from trimtab.cli.model_choice import choose_model, choose_pipeline, require_registered, several_pipelines
from trimtab.cli.models import models
from trimtab.cli.rebuild import rebuild
from trimtab.cli.registry_options import current_user, model_option, reason_option
from trimtab.cli.sbom import sbom
from trimtab.cli.score import score
from trimtab.escaping import confirm, echo

if TYPE_CHECKING:
    from trimtab.cli.model_choice import ChosenModel
    from trimtab.registry import Version
    from trimtab.registry.ledger import LedgerEntry
    from trimtab.registry.promotion import Approval
    from trimtab.terminal import Console

__all__ = ["compare", "drift_report", "models", "promote", "publish", "rebuild", "rollback", "sbom", "score"]


@click.command(epilog=example("trimtab publish --promote"))
@model_option
@click.option("--reason", default="manual", show_default=True, help="Why the model was made.")
@click.option(
    "--promote", "then_promote", is_flag=True, help="Compare them, and promote the best if the policy allows."
)
@json_option
def publish(model: str | None, reason: str, then_promote: bool, as_json: bool) -> None:
    """Register the model of this checkout and its candidates.

    Each content is registered once. All gates must have passed.
    """
    from trimtab.pipeline.graph import Project
    from trimtab.registry.promotion import promote_from_checkout, publish_checkout

    project = Project(choose_pipeline(model))
    graph = project.graph()
    versions = publish_checkout(project.root, graph, reason=reason, by=current_user())
    if not as_json:
        _show_versions(versions)
    decision = (
        promote_from_checkout(
            versions,
            project.root,
            graph,
            by=current_user(),
            ask=_ask_for_approval,
            find_freeze=partial(_find_freeze, versions[0].name, project.root),
        )
        if then_promote
        else None
    )
    if as_json:
        print_json(
            "publish",
            {
                "versions": [_version_to_dict(version) for version in versions],
                "decision": asdict(decision) if decision else None,
            },
        )
    elif decision:
        echo(f"{'promoted' if decision.promoted else 'not promoted'}: {decision.sentence}")


def _find_freeze(model: str, root: Path) -> str:
    from trimtab.slo import find_freeze
    from trimtab.slo_policy import read_slo_policy

    return find_freeze(model, read_slo_policy(root), datetime.now(UTC))


def _show_versions(versions: Sequence[Version]) -> None:
    for version in versions:
        candidate = f", the candidate {version.tag('candidate')}," if version.tag("candidate") else ""
        signed = f", signed with the key {version.tag('signed_by')[:16]}" if version.tag("signed_by") else ""
        registered = "is registered" if version.created else "was registered already"
        echo(f"{version}{candidate} {registered}{signed}")


def _version_to_dict(version: Version) -> dict[str, object]:
    return {
        "model": version.name,
        "version": version.version,
        "candidate": version.tag("candidate"),
        "created": version.created,
        "signed_by": version.tag("signed_by"),
    }


@click.command(epilog=example("trimtab promote 3 --reason 'agreed with the team'"))
@click.argument("version", type=click.IntRange(1))
@model_option
@reason_option
@click.option(
    "--to",
    metavar="ENVIRONMENT",
    shell_complete=complete_environment,
    help="Promote it in the registry of this environment of trimtab.yaml instead.",
)
@click.option("--rebuild", "run_again", is_flag=True, help="With --to: run its stages again, and compare.")
@json_option
def promote(
    version: int, model: str | None, reason: str, to: str | None, run_again: bool, as_json: bool
) -> None:
    """Make VERSION champion without a comparison.

    It must pass a smoke test. With --to, the champion of this registry is made champion of another one, from
    its commit and from contents by their hash: see docs/deployment.md.
    """
    from trimtab.errors import RegistryError
    from trimtab.registry import find_version, promote_manually

    if run_again and not to:
        raise click.UsageError("--rebuild needs --to ENVIRONMENT")
    chosen = choose_model(model)
    chosen.require_own()
    if to:
        _promote_to(chosen, version, to, reason, run_again=run_again, as_json=as_json)
        return
    entry = promote_manually(
        find_version(chosen.name, version),
        by=current_user(),
        reason=reason,
        trusted=chosen.trust(),
        problem=chosen.problem_type(),
        root=chosen.root,
    )
    if entry is None:
        raise RegistryError(
            f"Another switch of '{chosen.name}' was first: the version was not promoted",
            where=f"MLflow: registered model '{chosen.name}'",
            fix="read `trimtab models`, and promote again if that is still right",
        )
    _show_switch("promote", entry, as_json=as_json)


def _promote_to(
    chosen: ChosenModel, version: int, to: str, reason: str, *, run_again: bool, as_json: bool
) -> None:
    """Promote a version to another environment."""
    from trimtab.registry import find_version
    from trimtab.registry.environments import find_target, promote_to

    def log_line(line: str) -> None:
        echo(line, err=True)

    promotion = promote_to(
        chosen.root,
        find_version(chosen.name, version),
        find_target(chosen.root, to),
        by=current_user(),
        reason=reason,
        log_line=log_line if run_again else None,
    )
    if as_json:
        print_json("promote to", promotion.to_dict())
        return
    from trimtab.registry.promotion import describe_entry

    copy = promotion.copy
    echo(f"{to}: {copy.checked} cache objects have their hash in its remote, {copy.copied} of them are new")
    echo(f"{to}: compared {', '.join(promotion.compared)}: identical")
    echo(f"{to}: {'' if promotion.promoted else 'champion already: '}{describe_entry(promotion.entry)}")


@click.command(epilog=example("trimtab rollback --reason 'complaints since noon'"))
@model_option
@click.option(
    "--to",
    type=click.IntRange(1),
    metavar="VERSION",
    help="The version to go back to.  [default: the champion before]",
)
@reason_option
@json_option
def rollback(model: str | None, to: int | None, reason: str, as_json: bool) -> None:
    """Make an earlier champion the champion again.

    It must pass a smoke test. The version that is rolled back from is retired: no automatic promotion brings
    it back.
    """
    from trimtab.registry.promotion import roll_back

    chosen = choose_model(model)
    chosen.require_own()
    entry = roll_back(
        chosen.name,
        to=to,
        by=current_user(),
        reason=reason,
        trusted=chosen.trust(),
        problem=chosen.problem_type(),
        root=chosen.root,
    )
    _show_switch("rollback", entry, as_json=as_json)


def _show_switch(command: str, entry: LedgerEntry, *, as_json: bool) -> None:
    """Show the ledger entry of a switch of the champion."""
    if as_json:
        print_json(command, {"entry": {**entry.to_dict(), "hash": entry.hash}})
        return
    from trimtab.registry.promotion import describe_entry

    echo(describe_entry(entry))


@click.command("report", epilog=example("trimtab drift report --window 2024-07"))
@model_option
@click.option("--window", help="Save the report on this window.  [default: list all verdicts]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for verdict.json and report.html.  [default: .trimtab/reports/drift-WINDOW]",
)
@json_option
def drift_report(model: str | None, window: str | None, out: Path | None, as_json: bool) -> None:
    """Show all drift verdicts, or the report on one window.

    In the root of a repository with several pipelines, the list has the verdicts of all their models.
    """
    from trimtab.registry.drift_log import save_report

    if window is None:
        _list_verdicts(model, as_json=as_json)
        return
    chosen = choose_model(model)
    own = chosen.root.name if chosen.root != Path.cwd() else ""  # as the main job saves it
    folder = out or Path(".trimtab", "reports", own, f"drift-{window}")
    saved = save_report(chosen.name, window, folder)
    if as_json:
        print_json_file("drift report", folder / "verdict.json")
        return
    echo(saved.sentence)
    echo(f"{folder / 'report.html'}")


def _list_verdicts(model: str | None, *, as_json: bool) -> None:
    """List the verdicts on one model; without a name, in the root, on those of all pipelines."""
    from trimtab.registry.drift_log import list_verdicts, verdict_table
    from trimtab.terminal import Console

    def show(name: str, console: Console) -> None:
        verdicts = list_verdicts(name)
        console.print(verdict_table(verdicts) if verdicts else "no verdicts")

    pipelines = several_pipelines() if model is None else ()
    if pipelines and as_json:
        models = {name: _windows_of(name) for name in registered_models(pipelines)}
        print_json("drift report of all pipelines", {"models": models})
    elif pipelines:
        show_each_model(pipelines, registered_models(pipelines), show)
    else:
        name = require_registered(model) if model else choose_model(None).name
        if as_json:
            print_json("drift report", {"windows": _windows_of(name)})
        else:
            show(name, Console())


def _windows_of(name: str) -> list[dict[str, object]]:
    from trimtab.registry.drift_log import list_verdicts

    return [verdict.past.model_dump(mode="json") for verdict in list_verdicts(name)]


def _ask_for_approval(question: str) -> Approval:
    """Ask the user at the terminal."""
    from trimtab.registry import Approval

    user = current_user()
    return Approval(confirm(f"{question}\nPromote it?"), user, triggered_by=user)
