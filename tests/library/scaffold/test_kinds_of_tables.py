"""Each kind of table becomes a pipeline whose code reads it, or is refused with a sentence."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Container, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.library.scaffold.tables import orders
from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Project
from trimtab.scaffold import Request, design_pipeline
from trimtab.scaffold.measured_bounds import checks_without_bounds
from trimtab.scaffold.rendering import render_pipeline
from trimtab.stages import import_stage

TABLE = orders()
LATE = TABLE["late"] == "yes"
MORE = pd.DataFrame(np.random.default_rng(0).normal(size=(600, 200))).add_prefix("x")
GAPS = np.arange(len(TABLE)) % 7 == 0
BERLIN = TABLE["ordered"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
FAST = (
    "truth values with gaps",
    "time as texts with two offsets",
    "name that DVC and Jinja read",
    "name with a line break",
    "number as label",
)
SECONDS = TABLE["ordered"].astype("datetime64[s]").astype("int64")
SOME_TEXTS = TABLE["ordered"].astype("str").mask(GAPS, "soon")
Change = Callable[[pd.DataFrame], pd.DataFrame]


def label(values: object) -> Change:
    return lambda table: table.assign(late=values)


def time(values: object) -> Change:
    return lambda table: table.assign(ordered=values)


def names(**new: str) -> Change:
    return lambda table: table.rename(columns=new)


READ: dict[str, tuple[Change, str, str]] = {  # what changes, the label, the type of the label that is read
    "truth values": (label(LATE), "late", "int64"),
    "truth values with gaps": (label(LATE.astype("object").mask(GAPS)), "late", "int64"),
    "1 and 2 with gaps": (label(pd.Series(np.where(LATE, 1, 2)).mask(GAPS)), "late", "int64"),
    "categories of which one never comes": (
        label(pd.Categorical(TABLE["late"], categories=["yes", "no", "never"])), "late", "int64",
    ),
    "label with quotes and a line break": (label(np.where(LATE, 'a "b"\n\\', "it's")), "late", "int64"),
    "label of which the newest are missing": (label(TABLE["late"].where(TABLE.index < 550)), "late", "int64"),
    "time with an offset": (time(BERLIN), "late", "int64"),
    "time as texts with two offsets": (time(BERLIN.map(lambda at: at.isoformat())), "late", "int64"),
    "time with gaps": (time(TABLE["ordered"].mask(GAPS)), "late", "int64"),
    "200 more columns": (lambda table: pd.concat([table, MORE], axis=1), "late", "int64"),
    "names of Python": (names(country="class", distance="import", weight="None"), "late", "int64"),
    "names of params, constants": (names(country="train", distance="LABEL", weight="TIME"), "late", "int64"),
    "names of features of the calendar": (names(weight="hour", distance="weekday"), "late", "int64"),
    "names of any script": (names(country="\u56fd\u3000\u5bb6", weight="\U0001f600" * 40), "late", "int64"),
    "name that YAML reads": (names(late="yes: no # x"), "yes: no # x", "int64"),
    "name that DVC and Jinja read": (names(late="${late}", weight="{{ x }}"), "${late}", "int64"),
    "name with a line break": (names(late="late\nx", remark="remark\nimport absent"), "late\nx", "int64"),
    "number as label": (names(), "weight", "float64"),
}  # fmt: skip
REFUSED: dict[str, tuple[Change, dict[str, str], str]] = {
    "one class": (label("x"), {}, "1 distinct value"),
    "500 classes": (label([f"c{row // 2}" for row in range(600)]), {}, "neither classes nor a number"),
    "a class with few rows": (label(["rare"] * 3 + ["often"] * 597), {}, "only 3 rows have the label 'rare'"),
    "a label that is a time": (names(), {"label": "ordered"}, "type that no model predicts|neither classes"),
    "a label that is the time": (names(), {"label": "weight", "time": "weight"}, "are the same column"),
    "no label": (names(), {"label": "latte"}, "no column 'latte'; did you mean 'late'"),
    "seconds since 1970": (time(SECONDS), {"time": "ordered"}, "no times of one format: 16"),
    "texts among times": (time(SOME_TEXTS), {"time": "ordered"}, "no times of one format: soon"),
    "no time at all": (time(None), {"time": "ordered"}, "all are missing"),
    "one time": (time(pd.Timestamp("2024-01-01")), {}, "too few complete windows"),
    "no rows": (lambda table: table.head(0), {}, "too few rows: 0"),
    "12 rows": (lambda table: table.head(12), {}, "too few rows: 12"),
    "ids alone": (lambda table: table[["order_id", "late"]], {}, "No column is left"),
    "a copy of the label": (lambda table: table[["late"]].assign(copy=LATE), {}, "copy: leaks the label"),
    "quantiles": (names(), {"problem_type": "quantile"}, "makes no pipeline of the problem type quantile"),
}  # fmt: skip


def write(change: Change, folder: Path, suffix: str) -> Path:
    path = folder / f"my table.{suffix}"
    table = change(TABLE)
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path, index=False)
    return path


def cases(kinds: Iterable[str], fast: Container[str]) -> list[object]:
    """Return each kind as a CSV and as a Parquet file; the CSV files of some kinds are tested each time."""
    return [
        pytest.param(kind, suffix, marks=[] if suffix == "csv" and kind in fast else pytest.mark.slow)
        for kind in kinds
        for suffix in ("csv", "parquet")
    ]


@pytest.mark.parametrize(("kind", "suffix"), cases(READ, FAST))
def test_table_is_read_by_the_code_that_is_made_for_it(tmp_path, kind, suffix):
    change, name, dtype = READ[kind]
    source = write(change, tmp_path, suffix)
    design = design_pipeline(Request("made", source, name))
    folder = tmp_path / "made"
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    files = render_pipeline(design, suite="", checks=checks_without_bounds(design), trusted_types=[])
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)

    ingest = import_stage(folder, "ingest")
    read = ingest.prepare(ingest.read_source(source))

    assert list(read.columns) == [design.time.name, *design.features.categories, *design.numbers, name]
    assert read[name].dtype == dtype
    assert read[name].notna().all()
    assert read[name].nunique() == (2 if dtype == "int64" else TABLE[name].nunique())
    graph = Project(folder).graph()
    assert {stage.name for stage in graph.stages} == set(design.stages)
    assert next(each.meta["label"] for each in graph.artifacts if each.name == "made-test") == name


@pytest.mark.parametrize(("kind", "suffix"), cases(REFUSED, REFUSED))
def test_table_that_cannot_become_a_pipeline_is_refused(tmp_path, kind, suffix):
    change, options, message = REFUSED[kind]
    source = write(change, tmp_path, suffix)
    with pytest.raises(ConfigError, match=message) as refused:
        design_pipeline(Request(**{"name": "made", "data": source, "label": "late", **options}))
    assert refused.value.fix
    assert list(tmp_path.iterdir()) == [source]
