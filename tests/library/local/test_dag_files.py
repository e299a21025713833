"""DAG ids, found in the DAG files of a pipeline."""

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.local.dag_files import DagFolder, calls_operator, find_dag_id

ROOT = Path(__file__).resolve().parents[3]
NIGHTLY = 'with DvcDag("nightly", project=PROJECT):\n    airflow.RegisterOperator(task_id="r")\n'
WATCH = '# RegisterOperator is called elsewhere\nwith DAG(dag_id="watch"):\n    Measure()\n'


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    (tmp_path / "dags" / "stops").mkdir(parents=True)
    (tmp_path / "dags" / "train.py").write_text(NIGHTLY)
    (tmp_path / "dags" / "stops" / "measure.py").write_text(WATCH)
    return tmp_path / "dags"


def test_dag_id_is_the_one_in_the_file_that_calls_the_operator(dags: Path) -> None:
    assert find_dag_id(DagFolder(dags), "RegisterOperator", option="--training") == "nightly"
    assert find_dag_id(DagFolder(dags), "Measure", option="--drift-check") == "watch"


@pytest.mark.parametrize(("operator", "expected"), [("Measure", True), ("MeasureDrift", False)])
def test_call_of_an_operator_is_found_without_its_dag(dags: Path, operator: str, expected: bool) -> None:
    (dags / "stops" / "measure.py").write_text("Measure()\n")
    assert calls_operator(DagFolder(dags), operator) is expected


@pytest.mark.parametrize(
    ("operator", "expected"), [("RegisterOperator", "training"), ("MeasureDriftOperator", "drift_check")]
)
def test_dag_ids_of_this_project_are_found(operator: str, expected: str) -> None:
    assert find_dag_id(DagFolder(ROOT / "dags"), operator, option="--dag") == expected


def test_operator_that_no_dag_file_calls_is_refused_with_the_option(dags: Path) -> None:
    with pytest.raises(ConfigError, match="No DAG file calls Score") as refused:
        find_dag_id(DagFolder(dags), "Score", option="--scoring")
    assert refused.value.fix == "name the DAG with --scoring"


def test_operator_that_two_dags_call_is_refused_with_both_ids(dags: Path) -> None:
    (dags / "stops" / "again.py").write_text(NIGHTLY.replace("nightly", "weekly"))
    with pytest.raises(ConfigError, match=r"2 DAGs .* call RegisterOperator: weekly, nightly"):
        find_dag_id(DagFolder(dags), "RegisterOperator", option="--training")


def test_broken_dag_file_of_another_pipeline_is_not_read(dags: Path) -> None:
    for name in ("stops", "trips"):
        (dags.parent / "pipelines" / name / ".dvc").mkdir(parents=True)
    (dags / "trips").mkdir()
    (dags / "trips" / "weekly.py").write_text(NIGHTLY.replace("nightly", "weekly"))
    (dags / "stops" / "broken.py").write_text("def\n")
    for pipeline, expected in ((".", "nightly"), ("trips", "weekly")):
        folder = DagFolder.of_pipeline(pipeline, dags.parent)
        assert find_dag_id(folder, "RegisterOperator", option="--training") == expected


def test_dag_file_whose_dag_id_is_computed_is_refused_with_the_option(dags: Path) -> None:
    (dags / "train.py").write_text(NIGHTLY.replace('"nightly"', "NAME"))
    with pytest.raises(ConfigError, match="no DvcDag or DAG with a text as its id") as refused:
        find_dag_id(DagFolder(dags), "RegisterOperator", option="--training")
    assert refused.value.where == str(dags / "train.py")
    assert refused.value.fix.endswith("name the DAG with --training")


def test_dag_file_that_is_not_valid_python_is_refused_with_its_path(dags: Path) -> None:
    (dags / "broken.py").write_text("def\n")
    with pytest.raises(ConfigError, match="not valid Python") as refused:
        find_dag_id(DagFolder(dags), "Measure", option="--drift-check")
    assert refused.value.where == str(dags / "broken.py")
