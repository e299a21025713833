"""The command `trimtab compare`: the candidates of a checkout beside the champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_pipeline
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.registry.promotion import CandidateRow, ComparedCandidate


@click.command(epilog=example("trimtab compare"))
@model_option
@json_option
def compare(model: str | None, as_json: bool) -> None:
    """Compare candidates of this checkout with the champion.

    The candidates are registered. Nothing is promoted. The first candidate is the one that `trimtab publish
    --promote` would promote, if its verdict is better.
    """
    from trimtab.pipeline.graph import Project
    from trimtab.registry.promotion import candidate_rows, compare_checkout, find_checkout_versions
    from trimtab.terminal import Console

    project = Project(choose_pipeline(model))
    graph = project.graph()
    compared = compare_checkout(find_checkout_versions(project.root, graph), project.root, graph)
    judged = [(each.comparison, each.summary.verdict) for each in compared if each.comparison]
    rows = candidate_rows(judged) if judged else []
    if as_json:
        verdicts = [each.summary.to_dict() for each in compared]
        print_json("compare", {"candidates": [asdict(row) for row in rows], "verdicts": verdicts})
        return
    if judged:
        Console().print(_table(rows, compared))
    for each in compared:
        echo(each.summary.sentence)


def _table(rows: Sequence[CandidateRow], compared: Sequence[ComparedCandidate]) -> Table:
    from rich.table import Table

    comparison = next(each.comparison for each in compared if each.comparison)
    show, metric = comparison.problem.format_figure, comparison.metric.name

    def bounds(of: tuple[float, float] | None, *, signed: bool = False) -> str:
        return f"{show(of[0], signed=signed)} to {show(of[1], signed=signed)}" if of else ""

    def cost(value: float | None, digits: int) -> str:
        return "-" if value is None else f"{value:.{digits}f}"

    table = Table(
        title=f"Candidates of {comparison.challenger.name}", title_justify="left", title_style="bold"
    )
    for column in ("", "version", metric, "interval", "gain", "bounds", "verdict", "s to train", "ms", "MB"):
        table.add_column(column, justify="left" if column in {"", "verdict"} else "right", overflow="fold")
    for row in rows:
        table.add_row(
            row.name,
            str(row.version),
            "-" if row.figure is None else show(row.figure),
            bounds(row.interval),
            "" if row.gain is None else show(row.gain, signed=True),
            bounds(row.bounds, signed=True),
            row.verdict,
            cost(row.train_seconds, 1),
            cost(row.score_milliseconds, 2),
            cost(row.megabytes, 3),
        )
    return table
