"""The files of a new pipeline are valid, formatted, and name what the design names."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.library.scaffold.tables import orders
from trimtab.params_file import load_yaml
from trimtab.scaffold import Request, design_pipeline
from trimtab.scaffold.pipeline_folders import pipeline_paths
from trimtab.scaffold.rendering import render_dags, render_pipeline, render_tests, to_flow, to_python

ROOT = Path(__file__).resolve().parents[3]
CHECKS = [{"type": "score", "metric": "roc_auc", "min": 0.6, "notes": "0.7 to 0.8: good"}]
LONG = {f"a column with a long name, number {number}": number * 1.5 for number in range(9)}
SPAN = {"hour": 1 / 365, "quarter": 4, "year": 13}  # by which factor a year is stretched
KINDS = {
    "binary_month": {"label": "late"},
    "binary_hour": {"label": "late", "every": "hour"},
    "binary_none": {"label": "late", "without_time": True},
    "multiclass_week": {"label": "country", "every": "week"},
    "regression_year": {"label": "weight", "every": "year"},
    "binary_quarter": {"label": "late", "every": "quarter"},
    "regression_none": {"label": "weight", "without_time": True},
}


def strange_orders(label: str, every: str = "month") -> pd.DataFrame:
    """Orders with names and texts that need quotes, many long names, and a span of 12 windows or more."""
    table = orders()
    first = table["ordered"].min()
    table["ordered"] = first + (table["ordered"] - first) * SPAN.get(every, 1)
    table["late"] = table["late"].map({"yes": 'it\'s "late"', "no": "no: not late"})
    factors = LONG if label != "weight" else {}
    long = {name: table["weight"] * factor for name, factor in factors.items()}
    return table.assign(**{'a "quoted" name': 1.5 * table["order_id"] % 7, **long})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a pipeline of each kind."""
    root = tmp_path_factory.mktemp("project")
    (root / "plugins").symlink_to(ROOT / "plugins")
    shutil.copy(ROOT / "pyproject.toml", root)
    for name, options in KINDS.items():
        table = strange_orders(options["label"], options.get("every", ""))
        table.to_parquet(root / f"{name}.parquet", index=False)
        design = design_pipeline(Request(name, root / f"{name}.parquet", **options))
        rendered = {
            "pipeline": render_pipeline(design, suite="", checks=CHECKS, trusted_types=["numpy.dtype"]),
            "dags": render_dags(design),
            "tests": render_tests(design),
        }
        for part, folder in pipeline_paths(root, name).items():
            for file, text in rendered[part].items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_text(text)
    return root


@pytest.mark.parametrize("command", [("check", "--no-cache"), ("format", "--no-cache", "--diff")])
def test_rendered_code_passes_the_linter_and_the_formatter_of_the_template(project, command):
    done = subprocess.run(
        [Path(sys.executable).with_name("ruff"), *command, "pipelines", "dags", "tests"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", KINDS)
def test_rendered_params_have_a_comment_each_and_the_checks(project, name):
    file = project / "pipelines" / name / "params.yaml"
    assert load_yaml(file)["validate_model"]["checks"] == CHECKS
    values = [line for line in file.read_text().splitlines() if ": " in line and "- {" not in line]
    assert [line for line in values if "#" not in line] == []


@pytest.mark.parametrize("name", KINDS)
def test_rendered_stages_declare_the_files_that_they_import(project, name):
    folder = project / "pipelines" / name
    stages = load_yaml(folder / "dvc.yaml")["stages"]
    siblings = {file.stem for file in folder.glob("*.py")}
    for stage in stages.values():
        program, file, *_ = stage["cmd"].split()
        if program == "python":
            imported = {
                line.split()[1]
                for line in (folder / file).read_text().splitlines()
                if line.startswith("from ") and line.split()[1] in siblings
            }
            declared = {dep for dep in stage["deps"] if dep.endswith(".py")}
            assert declared == {file, *(f"{module}.py" for module in imported)}


def test_pipeline_without_time_has_no_window_in_any_file(project):
    for part in ("pipelines", "dags"):
        folder = project / part / "binary_none"
        assert {file.stem for file in folder.rglob("*.py")}.isdisjoint(
            {"upcoming", "drift_check", "batch_score"}
        )
    assert "ingest" not in load_yaml(project / "pipelines" / "binary_none" / "params.yaml")


def test_hourly_pipeline_has_times_of_the_day(project):
    assert "T" in load_yaml(project / "pipelines" / "binary_hour" / "params.yaml")["ingest"]["until"]
    assert "%Y-%m-%dT%H:%M" in (project / "dags" / "binary_hour" / "training.py").read_text()


@pytest.mark.parametrize(
    "value", ["plain", 'a "quoted" text', "it's", "a\\b", "both ' and \"", 3, True, ["a", "b"]]
)
def test_code_of_a_value_is_that_value(value):
    assert eval(to_python(value)) == value


def test_check_is_one_line_of_yaml(tmp_path):
    check = {"type": "score", "metric": "mae", "max": 1.5, "notes": "no: 1 to 2", "column": "yes"}
    (tmp_path / "check.yaml").write_text(f"check: {to_flow(check)}\n")
    assert load_yaml(tmp_path / "check.yaml")["check"] == check
