"""The command `trimtab score`."""

from __future__ import annotations

from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.escaping import echo


@click.command(epilog=example("trimtab score data/upcoming scores.parquet"))
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--model",
    "model",
    metavar="NAME",
    help="NAME stands for the champion of a model; or models:/NAME@ALIAS or models:/NAME/VERSION.  [default:"
    " the champion of this pipeline's model]",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="COLUMN",
    help="Key column, copied beside the prediction; may be repeated.  [default: score.keys of params.yaml]",
)
@json_option
def score(data: Path, out: Path, model: str | None, keys: tuple[str, ...], as_json: bool) -> None:
    """Score the rows of DATA into the Parquet file OUT.

    DATA is a Parquet file or a folder of Parquet files. It is checked against the version's signature first.
    OUT appears when it is complete.
    """
    from trimtab.config import load_params
    from trimtab.params_file import PARAMS_FILE
    from trimtab.registry import ScorePolicy, find_version_by_uri, load_scorer

    if model and model.startswith("models:/"):
        version = find_version_by_uri(model)
        chosen = choose_model(version.name)
    else:
        chosen = choose_model(model)
        version = find_version_by_uri(f"models:/{chosen.name}@champion")
    params = chosen.root / PARAMS_FILE
    key_columns = keys or (load_params(ScorePolicy, "score", params).keys if params.is_file() else ())
    scorer = load_scorer(version, chosen.trust(), chosen.problem_type())
    rows = scorer.score(data, out, keys=key_columns)
    if as_json:
        print_json(
            "score", {"out": str(out), "rows": rows, "model": version.name, "version": version.version}
        )
    else:
        echo(f"{out}: {rows:,} rows scored by {version}")
