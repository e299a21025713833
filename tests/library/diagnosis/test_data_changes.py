"""Differences of data: files of folders by hash, rows of tables."""

from __future__ import annotations

import pytest

from trimtab.diagnosis.data_changes import DataChange, data_changes
from trimtab.diagnosis.past_run import find_past_run
from trimtab.diagnosis.run_content import read_content

FILES = {
    ".gitignore": "/windows\n/table.csv\n/model.bin\n",
    "params.yaml": "make:\n  months: 2\n  rows: 3\n",
    "make.py": """\
import pathlib, pyarrow as pa, pyarrow.parquet as pq
from ruamel.yaml import YAML
params = YAML(typ="safe").load(pathlib.Path("params.yaml"))["make"]
pathlib.Path("windows").mkdir()
for month in range(params["months"]):
    rows = params["rows"] if month == 0 else 4
    pq.write_table(pa.table({"a": list(range(rows))}), f"windows/2013-0{month + 1}.parquet")
pathlib.Path("table.csv").write_text("a\\n" + "1\\n" * params["rows"])
pathlib.Path("model.bin").write_text(str(params["rows"]))
""",
    "dvc.yaml": """\
stages:
  make:
    cmd: python make.py
    deps: [make.py]
    params: [make]
    outs: [windows, table.csv, model.bin]
""",
}


@pytest.fixture
def contents(project):
    checkout = project(FILES)
    checkout.run_all(name="training-manual__1")
    checkout.run_all({"make.months": 3, "make.rows": 5}, name="training-manual__2")
    first, second = (find_past_run(checkout.root, f"training/manual__{n}") for n in (1, 2))
    return checkout, read_content(checkout.root, first), read_content(checkout.root, second)


def test_windows_and_rows_that_differ_are_listed_and_other_outputs_are_not(contents):
    checkout, before, after = contents
    assert data_changes(checkout.root, before, after) == [
        DataChange("table.csv", "changed", 3, 5),
        DataChange("windows/2013-01.parquet", "changed", 3, 5),
        DataChange("windows/2013-03.parquet", "added", None, 4),
    ]
    assert [each.change for each in data_changes(checkout.root, after, before)] == [
        "changed",
        "changed",
        "removed",
    ]


@pytest.mark.slow
def test_rows_are_not_counted_if_the_file_is_not_in_the_cache(contents):
    checkout, before, after = contents
    objects = checkout.root / ".dvc" / "cache" / "files" / "md5"
    for file in objects.glob("*/*"):
        if not file.name.endswith(".dir"):
            file.unlink()

    found = data_changes(checkout.root, before, after)

    assert {(each.rows_before, each.rows_after) for each in found} == {(None, None)}


def test_equal_tables_are_no_difference(contents):
    checkout, before, _ = contents
    assert data_changes(checkout.root, before, before) == []
