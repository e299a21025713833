"""Benchmark of the cost of attributions: the share of a drift check that they take."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import click
import pandas as pd
import xgboost

from benchmarks.drift_results import save
from benchmarks.drift_type_cost import COLUMNS, write_table
from benchmarks.drift_windows import CLASSES, LEVELS, OUTCOMES
from trimtab.drift import build_reference, measure
from trimtab.learning import PROBLEM_TYPES, Predictor
from trimtab.learning.formats.model_file import load_estimator

REFERENCE_ROWS, TREES = 20_000, 100
OBJECTIVES: dict[str, dict[str, Any]] = {
    "binary": {"objective": "binary:logistic"},
    "multiclass": {"objective": "multi:softprob", "num_class": len(CLASSES)},
    "regression": {"objective": "reg:squarederror"},
    "quantile": {"objective": "reg:quantileerror", "quantile_alpha": LEVELS},
}


@click.command("attributions")
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--problem", type=click.Choice(list(OUTCOMES)), multiple=True, help="Only these types.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder for the tables.")
def attributions(rows: int, problem: tuple[str, ...], data: Path) -> None:
    """Measure the share of a check of 50 columns that attributions take, for each problem type."""
    for name in problem or OUTCOMES:
        now = _read(write_table(data, name, rows))
        before = _read(data / f"reference-{name}.parquet").iloc[:REFERENCE_ROWS]
        features = [column for column in now if column not in (*COLUMNS[name], "label")]
        model = _train(name, before, features)
        known = {"levels": LEVELS} if name == "quantile" else {"classes": model.problem.classes}
        reference = build_reference(
            before[features],
            model.predict(before),
            before["label"],
            problem_type=name,
            predict=model.predict,
            **known,
        )
        measure(reference, before[features], model.predict(before), before["label"])  # imports, once
        began = process_time()
        predictions = model.predict(now)
        scored = process_time()
        measure(reference, now[features], predictions, now["label"])
        measured = process_time()
        measure(reference, now[features], predictions, now["label"], predict=model.predict)
        attributed = process_time() - 2 * measured + scored
        row = {
            "rows": rows,
            "problem type": name,
            "predict the window": scored - began,
            "measure it": measured - scored,
            "attributions": attributed,
            "share": f"{attributed / (measured - began + attributed):.0%}",
        }
        click.echo(row)
        save("attributions", [row])


def _train(problem: str, table: pd.DataFrame, features: list[str]) -> Predictor:
    """Return a model of trees that reads all features, loaded from its file."""
    rows = table[features].astype(dict.fromkeys(table[features].select_dtypes(exclude="number"), "category"))
    matrix = xgboost.DMatrix(rows, table["label"], enable_categorical=True)
    model = xgboost.train({**OBJECTIVES[problem], "nthread": 1}, matrix, TREES)
    with TemporaryDirectory() as folder:
        model.save_model(Path(folder, "model.ubj"))
        estimator = load_estimator(Path(folder, "model.ubj"))
    return Predictor(PROBLEM_TYPES[problem].with_classes_of([estimator]), estimator, tuple(features))


def _read(file: Path) -> pd.DataFrame:
    """Return a table whose classes are numbered, as XGBoost takes them."""
    table = pd.read_parquet(file)
    classes = table["label"].map({name: number for number, name in enumerate(CLASSES)})
    return table if classes.isna().all() else table.assign(label=classes)
