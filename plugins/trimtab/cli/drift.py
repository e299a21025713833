"""Commands that look for drift without Airflow and MLflow."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.escaping import echo, visible

PATH = click.Path(path_type=Path)
score_option = click.option("--score", metavar="COLUMN", help="The predicted probability.")
label_option = click.option("--label", metavar="COLUMN", help="The outcome, 0 or 1.")
period_option = click.option(
    "--period",
    metavar="COLUMN",
    help="Such as the week: what moves between these in the reference is normal.",
)


@click.group()
def drift() -> None:
    """Has the world moved, and does it matter? The verdict is a report, never an exit code."""


@drift.command()
@click.option("--data", type=PATH, required=True, help="Parquet file or folder of them.")
@score_option
@label_option
@period_option
@click.option("--add", "earlier", type=PATH, help="A reference to add up with, its rows not read again.")
@click.option("--out", type=PATH, required=True, help="File to write, JSON.")
def reference(
    data: Path, score: str | None, label: str | None, period: str | None, earlier: Path | None, out: Path
) -> None:
    """Profile a table once, so that its rows need not be read again."""
    from trimtab.drift.measurement import Roles, reference_of_files
    from trimtab.drift.profile import Reference, added

    known = Reference.load(earlier) if earlier else None
    made = reference_of_files(data, Roles(score, label, period), bins_of=known)
    made = added(known, made) if known else made
    made.save(out)
    echo(f"{out}: {made.rows:,} rows, {len(made.features)} features, {out.stat().st_size:,} bytes")


@drift.command()
@click.option(
    "--reference", "known", type=PATH, required=True, help="A reference, or a table to make one of."
)
@click.option("--current", type=PATH, required=True, help="Parquet file or folder of them.")
@score_option
@label_option
@period_option
@click.option("--params", type=PATH, help="Params file whose section `drift` is the policy.  [default: none]")
@click.option("--window", help="What the window is called.  [default: the file's name]")
@click.option("--out", type=PATH, required=True, help="Folder for verdict.json and report.html.")
def check(
    known: Path,
    current: Path,
    score: str | None,
    label: str | None,
    period: str | None,
    params: Path | None,
    window: str | None,
    out: Path,
) -> None:
    """Compare two tables, and say what follows."""
    from trimtab.config import load_params
    from trimtab.drift.measurement import Roles, measure_files, reference_of_files
    from trimtab.drift.policy import DriftPolicy, decide
    from trimtab.drift.profile import Reference
    from trimtab.drift.report import write_report

    roles = Roles(score, label, period)
    policy = load_params(DriftPolicy, "drift", params) if params else DriftPolicy()
    made = Reference.load(known) if known.suffix == ".json" else reference_of_files(known, roles)
    verdict = decide(measure_files(made, current, roles), policy)
    write_report(verdict, out, window=visible(window or current.stem))
    echo(verdict.sentence)
    echo(f"{out / 'report.html'}")
