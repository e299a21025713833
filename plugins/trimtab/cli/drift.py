"""The commands `trimtab drift`: all of them are declared here."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.drift_replay import replay
from trimtab.cli.json_output import json_option, print_json, print_json_file
from trimtab.cli.registry import drift_report
from trimtab.escaping import echo, visible
from trimtab.learning import BINARY, PROBLEM_TYPES, Dependence

PATH = click.Path(path_type=Path)
problem_option = click.option(
    "--problem-type",
    type=click.Choice(list(PROBLEM_TYPES)),
    default=BINARY.name,
    show_default=True,
    help="What the model predicts.",
)
score_option = click.option(
    "--score",
    "scores",
    metavar="COLUMN",
    multiple=True,
    help="The prediction. For several classes or quantiles, give the option for each column"
    " `probability_<class>` or `quantile_<level>`.",
)
label_option = click.option("--label", metavar="COLUMN", help="The label.")
period_option = click.option(
    "--period",
    metavar="COLUMN",
    help="The period of a row, such as its week: variation between periods of the reference is noise.",
)


@click.group(epilog=example("trimtab drift report --window 2026-09"))
def drift() -> None:
    """Measure drift, and decide what follows. The verdict is a report, never an exit code."""


@drift.command(epilog=example("trimtab drift reference --data train.parquet --out reference.json"))
@click.option("--data", type=PATH, required=True, help="Parquet file or folder of Parquet files.")
@problem_option
@score_option
@label_option
@period_option
@click.option("--add", "earlier", type=PATH, help="A reference profile to merge with; its rows are not read.")
@click.option("--out", type=PATH, required=True, help="JSON file to write.")
@json_option
def reference(
    data: Path,
    problem_type: str,
    scores: tuple[str, ...],
    label: str | None,
    period: str | None,
    earlier: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Build the reference profile of a table."""
    from trimtab.drift.measurement import ColumnRoles, profile_files
    from trimtab.drift.profile import ReferenceProfile, merge_profiles

    known = ReferenceProfile.load(earlier) if earlier else None
    profile = profile_files(data, ColumnRoles(scores, label, period, problem_type), bins_of=known)
    merged = merge_profiles(known, profile) if known else profile
    merged.save(out)
    if as_json:
        print_json(
            "drift reference summary",
            {"out": str(out), "rows": merged.rows, "features": list(merged.features)},
        )
        return
    echo(f"{out}: {merged.rows:,} rows, {len(merged.features)} features, {out.stat().st_size:,} bytes")


@drift.command(
    epilog=example(
        "trimtab drift check --reference reference.json --current 2024-07.parquet --out reports/drift"
    )
)
@click.option(
    "--reference",
    "known",
    type=PATH,
    required=True,
    help="A reference profile (.json), or the table to build one from.",
)
@click.option("--current", type=PATH, required=True, help="Parquet file or folder of Parquet files.")
@problem_option
@score_option
@label_option
@period_option
@click.option("--group", metavar="COLUMN", default="", help="Rows of one group depend on each other.")
@click.option("--time", metavar="COLUMN", default="", help="Rows depend on those shortly before and after.")
@click.option("--params", type=PATH, help="Params file whose section `drift` is the policy.  [default: none]")
@click.option("--window", help="The name of the current window.  [default: the file's name]")
@click.option("--out", type=PATH, required=True, help="Folder for verdict.json and report.html.")
@json_option
def check(
    known: Path,
    current: Path,
    problem_type: str,
    scores: tuple[str, ...],
    label: str | None,
    period: str | None,
    group: str,
    time: str,
    params: Path | None,
    window: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Compare a window with a reference, and decide."""
    from trimtab.config import load_params
    from trimtab.drift.measurement import ColumnRoles, measure_files, profile_files
    from trimtab.drift.policy import DriftExtensions, DriftPolicy, decide
    from trimtab.drift.profile import ReferenceProfile
    from trimtab.drift.report import write_report
    from trimtab.extension import load_extensions

    if (group or time) and not (scores and label):
        raise click.UsageError("--group and --time are about errors of predictions: give --score and --label")
    roles = ColumnRoles(scores, label, period, problem_type, Dependence(group, time))
    policy = load_params(DriftPolicy, "drift", params) if params else DriftPolicy()
    functions = load_extensions(policy.extensions, Path.cwd())
    extensions = DriftExtensions.bind(policy, functions)
    profile = ReferenceProfile.load(known) if known.suffix == ".json" else profile_files(known, roles)
    measurement = measure_files(
        profile, current, roles, metric=policy.metric, statistics=extensions.statistics
    )
    verdict = decide(measurement, policy, extensions=extensions)
    write_report(verdict, out, window=visible(window or current.stem))
    if as_json:
        print_json_file("drift check", out / "verdict.json")
        return
    echo(verdict.sentence)
    echo(f"{out / 'report.html'}")


drift.add_command(replay)
drift.add_command(drift_report)
