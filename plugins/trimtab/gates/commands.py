"""Commands of the gates, used as DVC stages."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def gate() -> None:
    """Validation gates, used as DVC stages: exit 0 on pass and warning, 1 otherwise."""


@gate.command("data")
@click.option(
    "--suite", type=click.Path(path_type=Path), required=True, help="Expectation suite, YAML or JSON."
)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="Parquet file or folder of them."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the reports.")
def gate_data(suite: Path, data: Path, out: Path) -> None:
    """Check a table against a Great Expectations suite."""
    from trimtab.gates import check_data

    report = check_data(suite=suite, data=data, out=out)
    click.echo(report.summary())
    sys.exit(0 if report.passed else 1)


@gate.command("model")
@click.option("--model", type=click.Path(path_type=Path), help="The model, a skops file.")
@click.option("--test", type=click.Path(path_type=Path), help="Table it is judged on, Parquet.")
@click.option("--baseline", type=click.Path(path_type=Path), help="The model it has to beat, a skops file.")
@click.option("--train", type=click.Path(path_type=Path), help="Table it was trained on, Parquet.")
@click.option("--metrics", type=click.Path(path_type=Path), help="Metrics file, JSON.")
@click.option("--params", type=click.Path(path_type=Path), default=Path("params.yaml"), show_default=True)
@click.option("--section", default="validate_model", show_default=True, help="Section of the params file.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the reports.")
def gate_model(params: Path, section: str, out: Path, **files: Path | None) -> None:
    """Check a model as its section declares; give the files that the checks need."""
    from trimtab.gates import check_model

    report = check_model(params=params, section=section, out=out, **files)
    click.echo(report.summary())
    sys.exit(0 if report.passed else 1)
