"""What the code of stages imports."""

from __future__ import annotations

import pytest

from trimtab.contracts.problem import Problem
from trimtab.contracts.stage_imports import check_allowed_imports, check_declared_imports
from trimtab.errors import ProjectError


def test_stage_that_declares_its_imports_has_no_problem(pipeline):
    assert list(check_declared_imports(pipeline())) == []


def test_import_of_an_import_that_is_no_dependency_is_found(pipeline):
    found = check_declared_imports(pipeline({"features.py": "import dates", "dates.py": ""}))
    assert list(found) == [
        Problem(
            "The stage 'train' imports dates.py, which is no dependency of it",
            "dvc.yaml: stages.train.deps",
            "add dates.py, so that a change of it runs the stage again",
        )
    ]


def test_script_itself_must_be_a_dependency(pipeline):
    text = "stages:\n  train: {cmd: python train.py, deps: [features.py], outs: [model.txt]}\n"
    (problem,) = check_declared_imports(pipeline({"dvc.yaml": text}))
    assert problem.what == "The stage 'train' imports train.py, which is no dependency of it"


def test_folder_as_a_dependency_holds_its_modules(pipeline):
    files = {
        "dvc.yaml": "stages:\n  train: {cmd: python code/train.py, deps: [code], outs: [model.txt]}\n",
        "code/train.py": "import fit",
        "code/fit.py": "",
    }
    assert list(check_declared_imports(pipeline(files))) == []


def test_problem_of_a_pipeline_in_a_folder_names_its_file(pipeline):
    found = check_declared_imports(
        pipeline({"judge.py": "import dates", "dates.py": ""}, below="pipelines/demand")
    )
    (problem,) = found
    assert problem.where == "pipelines/demand/dvc.yaml: stages.judge.deps"


def test_extension_that_params_name_must_be_a_dependency(pipeline):
    params = "train:\n  depth: 2\ningest: {checks: [{metric: 'checks:mine'}]}\n"
    with pytest.raises(ProjectError, match=r"The stage 'ingest' uses checks\.py"):
        list(check_declared_imports(pipeline({"params.yaml": params, "checks.py": ""})))


def test_stage_that_imports_no_orchestration_has_no_problem(pipeline):
    assert list(check_allowed_imports(pipeline({"train.py": "from trimtab.gates import check_data"}))) == []


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("from airflow.sdk import DAG", "airflow"),
        ("import trimtab.airflow", "trimtab.airflow"),
        ("from trimtab import registry", "trimtab.registry"),
        ("from trimtab.pipeline.graph import Graph", "trimtab.pipeline"),
    ],
)
def test_stage_that_imports_what_runs_stages_is_found(pipeline, line, module):
    (problem,) = check_allowed_imports(pipeline({"features.py": line}))
    assert (problem.what, problem.where) == (f"The code of the stage 'train' imports {module}", "features.py")
