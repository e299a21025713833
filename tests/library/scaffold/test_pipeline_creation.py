"""The commands that follow a new pipeline, and its copy of the table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.library.scaffold.tables import orders
from trimtab.scaffold.pipeline_creation import CreatedPipeline, _add_source, _plays_by_make
from trimtab.scaffold.source_table import read_source


@pytest.mark.parametrize(
    ("files", "by_make"),
    [
        ({}, False),
        ({"Makefile": ""}, True),
        ({"Makefile": "", "project.mk": "# FROM ?= 2024-01-01\nmine:\n"}, True),
        ({"Makefile": "", "project.mk": "FROM ?= 2024-01-01\n"}, False),
        ({"Makefile": "", "project.mk": "mine:\n\nUNTIL := 2024-01-01\n"}, False),
    ],
)
def test_make_run_comes_next_unless_the_project_has_dates_for_all_pipelines(tmp_path, files, by_make):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    created = CreatedPipeline(tmp_path, SimpleNamespace(name="late"), True, _plays_by_make(tmp_path))
    assert created.next_commands()[-1] == ("make run" if by_make else "trimtab loop --pipeline late")


@pytest.mark.slow
def test_copy_of_a_folder_has_its_tables_alone_with_the_suffix_that_the_code_reads(tmp_path, capfd):
    data, pipeline = tmp_path / "my data", tmp_path / "project" / "pipelines" / "late"
    data.mkdir()
    for name in ("a b.CSV", "c.csv"):
        orders().to_csv(data / name, index=False)
    (data / ".DS_Store").touch()
    pipeline.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", tmp_path / "project"], check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet", "--subdir"], cwd=pipeline, check=True)
    design = SimpleNamespace(source=read_source(data), source_path="data/source")
    capfd.readouterr()

    _add_source(CreatedPipeline(pipeline, design, True, False))

    assert sorted(file.name for file in (pipeline / "data" / "source").iterdir()) == ["a b.csv", "c.csv"]
    assert Path(pipeline / "data" / "source.dvc").is_file()
    assert capfd.readouterr().out == "", "DVC's hints would break --json"
