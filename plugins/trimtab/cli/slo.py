"""The commands `trimtab slo`: the objectives of the live model, and the decision that unfreezes promotion."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.each_model import choose_models, show_each_model
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import current_user, model_option, reason_option
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.slo import SloReport

EXIT_CODES = {"ok": 0, "watch": 1, "act": 2}


@click.group(invoke_without_command=True, epilog=example("trimtab slo"))
@model_option
@json_option
@click.pass_context
def slo(context: click.Context, model: str | None, as_json: bool) -> None:
    """Show objectives, error budgets and burn rates.

    They are those of the live model, from the section slo of params.yaml.

    In the root of a repository with several pipelines, it shows all their models.

    Exit code: 0 if all is well, 1 for something to watch, 2 if promotions are frozen or an alert pages.
    """
    context.obj = model
    if context.invoked_subcommand:
        return
    from trimtab.slo import record_slo, show_slo
    from trimtab.terminal import Console

    now = datetime.now(UTC)
    pipelines, chosen = choose_models(model)
    reports = {name: _read(name, root, now) for name, root in chosen.items()}
    for report in reports.values():
        record_slo(report)
    if as_json:
        models = [{**report.model_dump(mode="json"), "health": report.health} for report in reports.values()]
        print_json("slo", {"models": models})
    elif pipelines:
        show_each_model(pipelines, reports, lambda name, console: show_slo(reports[name], console))
    else:
        show_slo(next(iter(reports.values())), Console())
    broken = [EXIT_CODES["act"] for pipeline in pipelines if pipeline.error]
    sys.exit(max([EXIT_CODES[report.health] for report in reports.values()] + broken, default=0))


@slo.command(epilog=example("trimtab slo unfreeze --reason 'the source sends data again'"))
@model_option
@reason_option
@json_option
@click.pass_context
def unfreeze(context: click.Context, model: str | None, reason: str, as_json: bool) -> None:
    """Let automatic promotion go on with a spent budget.

    The ledger records who decided, when and why. The decision covers what was bad by now; the next fault
    freezes promotions again while the budget is spent. It also answers the drift verdicts that wait.
    """
    from trimtab.registry.promotion import describe_entry, keep_champion

    chosen = choose_model(model or context.obj)
    chosen.require_own()
    entry = keep_champion(chosen.name, by=current_user(), reason=reason)
    if as_json:
        print_json("slo unfreeze", {"entry": {**entry.to_dict(), "hash": entry.hash}})
        return
    echo(describe_entry(entry))


def _read(name: str, root: Path, now: datetime) -> SloReport:
    from trimtab.slo import read_slo
    from trimtab.slo_policy import SloPolicy, read_slo_policy

    return read_slo(name, read_slo_policy(root) or SloPolicy(), now)
