"""The command ``trimtab upgrade-test``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.escaping import echo

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.template import TrialCheck


@click.command("upgrade-test", epilog=example("trimtab upgrade-test --airflow 3.3.3 --mlflow 3.17.3"))
@click.option("--airflow", metavar="VERSION", help="The version of Airflow to try.")
@click.option("--dvc", metavar="VERSION", help="The version of DVC to try.")
@click.option("--mlflow", metavar="VERSION", help="The version of MLflow to try.")
@json_option
@click.pass_context
def upgrade_test(
    ctx: click.Context, airflow: str | None, dvc: str | None, mlflow: str | None, as_json: bool
) -> None:
    """Try the last commit with other versions.

    The versions of Airflow, DVC or MLflow are installed into a throw-away environment. All other packages
    keep their locked versions where possible. There, the DAG files must parse, a run of all stages must leave
    the dvc.lock of the commit, and each gate must have the same verdict. This project does not change.

    The exit code is 1 if something differs.
    """
    from trimtab.template import TRIAL_PACKAGES, try_versions
    from trimtab.terminal import Console

    given = {"airflow": airflow, "dvc": dvc, "mlflow": mlflow}
    versions = {TRIAL_PACKAGES[name]: version for name, version in given.items() if version}
    if not versions:
        raise click.UsageError("no version to try: give --airflow, --dvc or --mlflow")
    checks = try_versions(Path.cwd(), versions, log_line=lambda line: echo(line, err=True))
    if as_json:
        print_json("upgrade-test", {"versions": versions, "checks": [asdict(check) for check in checks]})
    else:
        Console().print(_table(checks))
    if not all(check.passed for check in checks):
        ctx.exit(1)


def _table(checks: Sequence[TrialCheck]) -> Table:
    from rich.table import Table

    from trimtab.terminal import Text

    table = Table("check", "result", "detail", box=None, pad_edge=False)
    for check in checks:
        result = Text("same", "green") if check.passed else Text("differs", "red")
        table.add_row(check.name, result, check.detail)
    return table
