"""The commands `trimtab report …`: figures over a period."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option


@click.group(epilog=example("trimtab report delivery"))
def report() -> None:
    """Figures over a period, from what is kept."""


@report.command(epilog=example("trimtab report delivery --days 90"))
@model_option
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    default=365,
    show_default=True,
    help="Length of the period that ends now.",
)
@json_option
def delivery(model: str | None, days: int, as_json: bool) -> None:
    """Show how fast and safely changes go live.

    The four keys of DORA: deployment frequency, change lead time, change fail rate, failed deployment
    recovery time. They come from the ledger, the drift log and git.
    """
    from trimtab.delivery import measure_delivery, read_deployments, show_delivery
    from trimtab.terminal import Console

    chosen = choose_model(model)
    deployments = read_deployments(chosen.name, chosen.root)
    figures = measure_delivery(chosen.name, deployments, datetime.now(UTC), days)
    if as_json:
        print_json("report delivery", figures.model_dump(mode="json"))
        return
    show_delivery(figures, Console())
