"""DAGs of several pipelines in one repository: each has the stages and the form of its own project."""

from __future__ import annotations

import pytest
from airflow.dag_processing.dagbag import DagBag

from tests.library.pipeline.several_pipelines import add_pipeline, pipeline_files

DAG_FILE = """\
from pathlib import Path

from trimtab.airflow import DvcDag

PROJECT = Path(__file__).resolve().parents[2] / "pipelines" / "{name}"

with DvcDag("{name}_training", project=PROJECT) as dag:
    pass
"""


@pytest.fixture
def repository(project):
    a = project(pipeline_files("a", 1), folder="repository", below="pipelines/a")
    add_pipeline(a, "b", pipeline_files("b", 2))
    root = a.root.parents[1]
    for name in ("a", "b"):
        (root / "dags" / name).mkdir(parents=True)
        (root / "dags" / name / "training.py").write_text(DAG_FILE.format(name=name))
    return root


def parsed(repository) -> DagBag:
    return DagBag(str(repository / "dags"), bundle_name="dags", bundle_path=repository / "dags")


def test_each_pipeline_has_its_dag_with_the_params_of_its_own_file(repository):
    bag = parsed(repository)

    assert not bag.import_errors
    for name, depth in (("a", 1), ("b", 2)):
        dag = bag.dags[f"{name}_training"]
        assert set(dag.task_ids) == {"plan", "train", "evaluate", "record"}
        field = dag.params.get_param("train.depth")
        assert field.description.endswith(f"Empty: the value in params.yaml, {depth}")
        assert dag.get_task("plan").project == repository / "pipelines" / name


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("dags/a/training.py", "from airflow.sdk import DAG\n\ndef\n"),
        ("pipelines/a/dvc.yaml", "stages: ["),
        ("pipelines/a/params.yaml", "{"),
    ],
)
def test_broken_pipeline_is_an_import_error_of_its_dag_file_alone(repository, file, text):
    (repository / file).write_text(text)

    bag = parsed(repository)

    assert list(bag.dags) == ["b_training"]
    assert [error.rpartition("dags/")[2] for error in bag.import_errors] == ["a/training.py"]


def test_assets_of_two_pipelines_have_their_own_names(repository):
    bag = parsed(repository)
    outlets = {
        asset.uri
        for dag in bag.dags.values()
        for task in dag.tasks
        for asset in getattr(task, "outlets", ())
        if "model.txt" in asset.uri
    }
    assert outlets == {"dvc://a/model.txt", "dvc://b/model.txt"}
