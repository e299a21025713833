"""Commands of the registry: publish, list, promote, roll back, score, rebuild, show drift verdicts."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.escaping import confirm, echo

if TYPE_CHECKING:
    from trimtab.registry.ledger import Entry
    from trimtab.registry.promotion import Approval

model_option = click.option(
    "--model", metavar="NAME", help="Registered model.  [default: the one this project makes]"
)
reason_option = click.option("--reason", required=True, help="Why; kept in the ledger.")


@click.group(invoke_without_command=True)
@model_option
@click.option("--json", "as_json", is_flag=True, help="For programs: versions, ledger, problems.")
@click.pass_context
def models(context: click.Context, model: str | None, as_json: bool) -> None:
    """Show which model is live, which was when, who let it in and why.

    Ends with exit code 1 if the ledger has a gap or has been tampered with, or the alias disagrees with it.
    """
    context.obj = model
    if context.invoked_subcommand:
        return
    from trimtab.registry.promotion import read_history, show

    history = read_history(named(model))
    if as_json:
        echo(json.dumps(history.plain(), indent=2, ensure_ascii=False))
    else:
        from trimtab.terminal import Console

        show(history, Console())
    sys.exit(1 if history.problems else 0)


@models.command("at")
@click.argument("moment", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def models_at(context: click.Context, moment: datetime, as_json: bool) -> None:
    """Say which version was live at MOMENT (UTC; a day is its beginning), by the clock and by the calendar.

    The two differ where the past is replayed: by the calendar of the data, a version is live once the world
    has got as far as the data it was trained until.
    """
    from trimtab.registry.promotion import read_history, sentence

    history = read_history(named(context.obj))
    found: dict[str, Entry | None] = {
        "clock": history.ledger.at(moment.replace(tzinfo=UTC)),
        "calendar": history.ledger.at_data(moment.date().isoformat()),
    }
    if as_json:
        plain: dict[str, Any] = {
            key: entry and {**json.loads(entry.text), "hash": entry.hash} for key, entry in found.items()
        }
        echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        for key, entry in found.items():
            echo(f"by the {key}: {sentence(entry)}")
    for problem in history.problems:
        echo(problem, fg="red", err=True)
    sys.exit(1 if history.problems else 0)


@click.command()
@model_option
@click.option(
    "--to", type=click.IntRange(1), metavar="VERSION", help="Which version.  [default: the one before]"
)
@reason_option
def rollback(model: str | None, to: int | None, reason: str) -> None:
    """Make an earlier champion champion again; it has to load and to answer first.

    The version that is left does not come back by an automatic promotion.
    """
    from trimtab.registry.promotion import roll_back, sentence

    echo(sentence(roll_back(named(model), to=to, by=_user(), reason=reason, trusted=_trusted())))


@click.command()
@click.argument("version", type=click.IntRange(1))
@model_option
@reason_option
def promote(version: int, model: str | None, reason: str) -> None:
    """Make VERSION champion because you say so; it has to load and to answer first."""
    from trimtab.errors import RegistryError
    from trimtab.registry import find_version, let_in
    from trimtab.registry.promotion import sentence

    name = named(model)
    entry = let_in(find_version(name, version), by=_user(), reason=reason, trusted=_trusted())
    if entry is None:
        raise RegistryError(
            "Another switch came first, and nothing was switched",
            where=f"MLflow: registered model '{name}'",
            fix="look at `trimtab models`, and promote again if it is still wanted",
        )
    echo(sentence(entry))


@click.command()
@click.option("--reason", default="manual", show_default=True, help="Why the model was made.")
@click.option(
    "--promote", "then_promote", is_flag=True, help="Compare it, and promote it as the policy says."
)
def publish(reason: str, then_promote: bool) -> None:
    """Register the model of this checkout, once per content; every gate must have passed."""
    from trimtab.pipeline.graph import Project
    from trimtab.registry.promotion import promote_from_checkout, publish_checkout

    project = Project(Path.cwd())
    graph = project.graph()
    version = publish_checkout(project.root, graph, reason=reason, by=_user())
    echo(f"{version} {'is registered' if version.created else 'was registered already'}")
    if then_promote:
        decision = promote_from_checkout(version, project.root, graph, by=_user(), ask=_ask)
        echo(f"{'promoted' if decision.promoted else 'not promoted'}: {decision.sentence}")


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--model",
    "address",
    metavar="URI",
    help="models:/NAME@ALIAS or models:/NAME/VERSION.  [default: the champion of what this project makes]",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="COLUMN",
    help="Kept beside the score; may be given several times.  [default: score.keys of params.yaml]",
)
def score(data: Path, out: Path, address: str | None, keys: tuple[str, ...]) -> None:
    """Score the rows of DATA, a Parquet file or a folder of them, into the Parquet file OUT.

    DATA is checked against the version's signature first. OUT appears when it is whole.
    """
    from trimtab.config import PARAMS_FILE, load_params
    from trimtab.registry import ScorePolicy, find_addressed, load_scorer

    declared = not keys and Path(PARAMS_FILE).is_file()
    kept = keys or (load_params(ScorePolicy, "score").keys if declared else ())
    version = find_addressed(address or f"models:/{named(None)}@champion")
    rows = load_scorer(version, _trusted()).score(data, out, keys=kept)
    echo(f"{out}: {rows:,} rows scored by {version}")


@click.command()
@click.argument("version", type=click.IntRange(1))
@model_option
@click.option("--json", "as_json", is_flag=True, help="For programs: the verdict and every difference.")
def rebuild(version: int, model: str | None, as_json: bool) -> None:
    """Make VERSION again from what the registry says about it, and compare.

    On its commit, params, lock and data, in a place of its own, its stages run anew without any cache. Your
    files and the registry stay as they are. What the stages print goes to the standard error.

    Ends with exit code 0 if all is identical, 1 if something differs, 2 if it cannot be made again.
    """
    from trimtab.errors import TrimtabError
    from trimtab.pipeline.graph import Project
    from trimtab.registry import find_version
    from trimtab.registry.rebuild import rebuild as rebuild_version
    from trimtab.registry.rebuild import show_rebuilt

    try:
        name, root = named(model), Project(Path.cwd()).root
        rebuilt = rebuild_version(root, find_version(name, version), show=lambda line: echo(line, err=True))
    except TrimtabError as err:
        reason = {"verdict": "cannot", "what": err.what, "where": err.where, "fix": err.fix}
        echo(json.dumps(reason, indent=2) if as_json else f"It cannot be made again: {err}")
        sys.exit(2)
    if as_json:
        echo(json.dumps(rebuilt.plain(), indent=2, ensure_ascii=False))
    else:
        from trimtab.terminal import Console

        show_rebuilt(rebuilt, Console())
    sys.exit(0 if rebuilt.identical else 1)


@click.command("report")
@model_option
@click.option("--window", help="Save the report on this one.  [default: list all verdicts]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for verdict.json and report.html.  [default: .trimtab/reports/drift-WINDOW]",
)
def drift_report(model: str | None, window: str | None, out: Path | None) -> None:
    """Show again what drift checks decided, from MLflow: all verdicts, or the report on one window."""
    from trimtab.registry.drift_log import list_verdicts, save_report, verdict_table

    if window is None:
        from trimtab.terminal import Console

        verdicts = list_verdicts(named(model))
        Console().print(verdict_table(verdicts) if verdicts else "no verdicts")
        return
    folder = out or Path(".trimtab", "reports", f"drift-{window}")
    echo(save_report(named(model), window, folder).sentence)
    echo(f"{folder / 'report.html'}")


def _ask(question: str) -> Approval:
    """Ask whoever sits at the terminal."""
    from trimtab.registry import Approval

    return Approval(confirm(f"{question}\nPromote it?"), _user())


def named(model: str | None) -> str:
    """Return the model that is meant: the one this project makes, if none is named.

    Raises:
        ProjectError: None is named, and this is no project that makes one.
        RegistryError: MLflow holds none of that name.
    """
    from trimtab.registry.publishing import own_model
    from trimtab.registry.tracking import connection, require_model

    if model is None:
        return own_model(Path.cwd())
    with connection() as client:
        require_model(client, model)
    return model


def _trusted() -> tuple[str, ...]:
    """Return the types that a model may hold: those the project lists; outside of any project, none."""
    from trimtab.registry.publishing import trusted_types

    root = Path.cwd()
    return trusted_types(root) if (root / ".dvc").is_dir() else ()


def _user() -> str:
    return getpass.getuser()
