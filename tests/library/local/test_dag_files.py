"""DAG ids, found in the DAG files of a pipeline."""

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.local.dag_files import find_dag_id

ROOT = Path(__file__).resolve().parents[3]
NIGHTLY = 'with DvcDag("nightly", project=PROJECT):\n    airflow.RegisterOperator(task_id="r")\n'
WATCH = '# RegisterOperator is called elsewhere\nwith DAG(dag_id="watch"):\n    Measure()\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dags" / "stops").mkdir(parents=True)
    (tmp_path / "dags" / "train.py").write_text(NIGHTLY)
    (tmp_path / "dags" / "stops" / "measure.py").write_text(WATCH)
    return tmp_path / "dags"


def test_dag_id_is_the_one_in_the_file_that_calls_the_operator(folder: Path) -> None:
    assert find_dag_id(folder, "RegisterOperator", option="--training") == "nightly"
    assert find_dag_id(folder, "Measure", option="--drift-check") == "watch"


@pytest.mark.parametrize(
    ("operator", "expected"), [("RegisterOperator", "training"), ("MeasureDriftOperator", "drift_check")]
)
def test_dag_ids_of_this_project_are_found(operator: str, expected: str) -> None:
    assert find_dag_id(ROOT / "dags", operator, option="--dag") == expected


def test_operator_that_no_dag_file_calls_is_refused_with_the_option(folder: Path) -> None:
    with pytest.raises(ConfigError, match="No DAG file calls Score") as refused:
        find_dag_id(folder, "Score", option="--scoring")
    assert refused.value.fix == "name the DAG with --scoring"


def test_operator_that_two_dags_call_is_refused_with_both_ids(folder: Path) -> None:
    (folder / "stops" / "again.py").write_text(NIGHTLY.replace("nightly", "weekly"))
    with pytest.raises(ConfigError, match=r"2 DAGs .* call RegisterOperator: weekly, nightly"):
        find_dag_id(folder, "RegisterOperator", option="--training")


def test_dag_files_of_another_pipeline_are_not_read(folder: Path) -> None:
    (folder / "stops" / "broken.py").write_text("def\n")
    (folder / "stops" / "again.py").write_text(NIGHTLY.replace("nightly", "weekly"))
    found = find_dag_id(folder, "RegisterOperator", option="--training", without=[folder / "stops"])
    assert found == "nightly"


def test_dag_file_whose_dag_id_is_computed_is_refused_with_the_option(folder: Path) -> None:
    (folder / "train.py").write_text(NIGHTLY.replace('"nightly"', "NAME"))
    with pytest.raises(ConfigError, match="no DvcDag or DAG with a text as its id") as refused:
        find_dag_id(folder, "RegisterOperator", option="--training")
    assert refused.value.where == str(folder / "train.py")
    assert refused.value.fix.endswith("name the DAG with --training")


def test_dag_file_that_is_not_valid_python_is_refused_with_its_path(folder: Path) -> None:
    (folder / "broken.py").write_text("def\n")
    with pytest.raises(ConfigError, match="not valid Python") as refused:
        find_dag_id(folder, "Measure", option="--drift-check")
    assert refused.value.where == str(folder / "broken.py")
