"""The example DAGs, each imported by Airflow from the ``dags/`` folder of a small real project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from trimtab.airflow import example_dags

FOLDER = Path(example_dags.__file__).parent
EXAMPLES = sorted(FOLDER.glob("example_*.py"))
STAGES = {"draw", "clean", "count", "judge"}


@pytest.fixture
def load(project, monkeypatch):
    """Import an example as Airflow does, and return its DAG."""
    monkeypatch.setenv("AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT", "300")  # seconds; the machine may be busy

    def load(name: str):
        root = project().root
        params = (root / "params.yaml").read_text()
        (root / "params.yaml").write_text(f"{params}train:\n  rows: 10\n")
        (root / "dags").mkdir()
        shutil.copy(FOLDER / f"{name}.py", root / "dags")
        bag = DagBag(str(root / "dags"), bundle_name="examples", bundle_path=root / "dags")
        assert bag.import_errors == {}
        return bag.dags[name]

    return load


def upstream(dag, *tasks):
    return {task: dag.get_task(task).upstream_task_ids for task in tasks}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_example_is_imported_serialized_and_named_like_its_file(load, file):
    dag = load(file.stem)
    assert dag.doc_md
    assert DagSerialization.from_dict(DagSerialization.to_dict(dag)).dag_id == file.stem


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_example_is_mentioned_in_the_docs(file):
    docs = Path(__file__).resolve().parents[4] / "docs" / "deployment.md"
    assert file.name in docs.read_text()


def test_dvc_dag_has_a_task_for_each_stage(load):
    assert set(load("example_dvc_dag").task_ids) == {"plan", *STAGES, "record"}


def test_dvc_task_group_is_between_the_tasks_around_it(load):
    dag = load("example_dvc_task_group")
    assert upstream(dag, "pipeline.plan", "publish_metrics") == {
        "pipeline.plan": {"wait_for_source"},
        "publish_metrics": {"pipeline.record"},
    }


def test_two_pipelines_register_each_its_own_record(load):
    dag = load("example_two_pipelines")
    assert upstream(dag, "register_small", "register_large", "large.plan") == {
        "register_small": {"small.record"},
        "register_large": {"large.record"},
        "large.plan": {"small.record"},
    }


def test_promotion_has_the_edges_that_its_arguments_name(load):
    dag = load("example_promotion")
    assert upstream(dag, "register", "compare", "approve", "promote") == {
        "register": {"record"},
        "compare": {"register"},
        "approve": {"register", "compare"},
        "promote": {"register", "compare", "approve"},
    }
