"""The command ``trimtab upgrade-test``."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.escaping import echo


@click.command(name="upgrade-test")
@click.option("--airflow", metavar="VERSION", help="The version of Airflow to try.")
@click.option("--dvc", metavar="VERSION", help="The version of DVC to try.")
@click.option("--mlflow", metavar="VERSION", help="The version of MLflow to try.")
@click.pass_context
def upgrade_test(ctx: click.Context, airflow: str | None, dvc: str | None, mlflow: str | None) -> None:
    """Check the last commit with other versions of Airflow, DVC or MLflow.

    They are installed into a throw-away environment, with all other packages as they are locked, where
    possible. There, the DAG files must parse, a run of all stages must leave the dvc.lock of the commit, and
    each gate must have the same verdict. This project does not change.

    The exit code is 1 if something differs.
    """
    from rich.table import Table

    from trimtab.template import TRIAL_PACKAGES, try_versions
    from trimtab.terminal import Console, Text

    given = {"airflow": airflow, "dvc": dvc, "mlflow": mlflow}
    versions = {TRIAL_PACKAGES[name]: version for name, version in given.items() if version}
    if not versions:
        raise click.UsageError("no version to try: give --airflow, --dvc or --mlflow")
    checks = try_versions(Path.cwd(), versions, log_line=lambda line: echo(line, err=True))
    table = Table("check", "result", "detail", box=None, pad_edge=False)
    for check in checks:
        result = Text("same", "green") if check.passed else Text("differs", "red")
        table.add_row(check.name, result, check.detail)
    Console().print(table)
    if not all(check.passed for check in checks):
        ctx.exit(1)
