"""The commands ``trimtab gate data``, ``model`` and ``suggest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json, print_json_file
from trimtab.escaping import echo, visible

if TYPE_CHECKING:
    from trimtab.gate_report import GateReport


@click.group(epilog=example("trimtab gate suggest data/raw --out expectations/raw.yaml"))
def gate() -> None:
    """Validation gates, used as DVC stages.

    \b
    exits with  when
    0           the verdict is "pass" or "warn"
    1           the verdict is "fail"
    2           the command line, the suite or the params cannot be used
    3           the verdict is "error", or the gate crashed: this says nothing about the data
    """


@gate.command(
    "data", epilog=example("trimtab gate data --suite raw.yaml --data data/raw --out reports/validate_raw")
)
@click.option(
    "--suite",
    "suites",
    type=click.Path(path_type=Path),
    required=True,
    multiple=True,
    help="Expectation suite, YAML or JSON; can be given several times.",
)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="Parquet or CSV file, or folder of them."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the reports.")
@click.option(
    "--quarantine",
    type=click.Path(path_type=Path),
    help="Folder for the quarantined rows, if the suite has a quarantine.",
)
@click.option(
    "--passed",
    type=click.Path(path_type=Path),
    help="Output for the other rows, if the suite has a quarantine.",
)
@click.option("--data-docs", is_flag=True, help="Write Great Expectations' Data Docs as well.")
@json_option
def gate_data(
    suites: tuple[Path, ...],
    data: Path,
    out: Path,
    quarantine: Path | None,
    passed: Path | None,
    data_docs: bool,
    as_json: bool,
) -> None:
    """Validate a table against expectation suites.

    They are suites of Great Expectations.
    """
    from trimtab.gates import check_data, check_suites

    if len(suites) == 1:
        report = check_data(
            suite=suites[0],
            data=data,
            out=out,
            quarantine=quarantine,
            passed=passed,
            data_docs=data_docs,
        )
    elif quarantine or passed:
        raise click.UsageError("--quarantine and --passed need exactly one suite")
    else:
        report = check_suites(suites=suites, data=data, out=out, data_docs=data_docs)
    _show(report, out, as_json=as_json)


@gate.command(
    "model", epilog=example("trimtab gate model --metrics reports/metrics.json --out reports/validate_model")
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="The model file: skops, LightGBM, XGBoost, CatBoost or ONNX; or a folder of MLflow.",
)
@click.option("--test", type=click.Path(path_type=Path), help="The test table, Parquet.")
@click.option("--baseline", type=click.Path(path_type=Path), help="The file of the baseline model, likewise.")
@click.option("--train", type=click.Path(path_type=Path), help="The training table, Parquet.")
@click.option("--metrics", type=click.Path(path_type=Path), help="Metrics file, JSON.")
@click.option(
    "--params",
    type=click.Path(path_type=Path),
    default=Path("params.yaml"),
    show_default=True,
    help="Params file that declares the checks.",
)
@click.option("--section", default="validate_model", show_default=True, help="Section of the params file.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the reports.")
@json_option
def gate_model(params: Path, section: str, out: Path, as_json: bool, **files: Path | None) -> None:
    """Evaluate the checks of a params section on a model.

    Give the files that the checks need.
    """
    from trimtab.gates import check_model

    report = check_model(params=params, section=section, out=out, **files)
    _show(report, out, as_json=as_json)


def _show(report: GateReport, out: Path, *, as_json: bool) -> NoReturn:
    """Show a report, and end with the exit code of its verdict."""
    from trimtab.gate_report import EXIT_CODES, REPORT

    if as_json:
        print_json_file("gate", out / REPORT)
    else:
        echo(report.summary())
    sys.exit(EXIT_CODES[report.verdict])


@gate.command("suggest", epilog=example("trimtab gate suggest data/raw --out raw.yaml"))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Suite to write.  [default: print it]")
@json_option
def gate_suggest(data: Path, out: Path | None, as_json: bool) -> None:
    """Draft a suite from good DATA, for you to edit.

    Each expectation has its evidence and its margin.
    """
    from trimtab.gates.suggest import suggest

    text = visible(suggest(data))  # still the same YAML: texts are quoted as JSON's are
    if out and out.exists():
        raise click.UsageError(
            f"The suite exists: {out}. Name another file: an edited suite is not overwritten"
        )
    if out:
        out.write_text(text, encoding="utf-8")
    count = text.count("- type:")
    if as_json:
        print_json("gate suggest", {"out": out and str(out), "expectations": count, "suite": text})
    elif out:
        echo(f"{out}: {count} expectations to edit")
    else:
        echo(text, nl=False)
