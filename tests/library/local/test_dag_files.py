"""DAG ids, found in the DAG files of a project."""

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.local.dag_files import find_dag_id

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "nightly.py").write_text("train = airflow.RegisterOperator(task_id='r')\n")
    (tmp_path / "dags" / "watch.py").write_text("# RegisterOperator is called elsewhere\nMeasure()\n")
    return tmp_path


def test_dag_id_is_the_name_of_the_file_that_calls_the_operator(project: Path) -> None:
    assert find_dag_id(project, "RegisterOperator", option="--training") == "nightly"
    assert find_dag_id(project, "Measure", option="--drift-check") == "watch"


@pytest.mark.parametrize(
    ("operator", "expected"), [("RegisterOperator", "training"), ("MeasureDriftOperator", "drift_check")]
)
def test_dag_ids_of_this_project_are_found(operator: str, expected: str) -> None:
    assert find_dag_id(ROOT, operator, option="--dag") == expected


def test_operator_that_no_dag_file_calls_is_refused_with_the_option(project: Path) -> None:
    with pytest.raises(ConfigError, match="No DAG file calls Score") as refused:
        find_dag_id(project, "Score", option="--scoring")
    assert refused.value.fix == "name the DAG with --scoring"


def test_operator_that_two_dag_files_call_is_refused_with_both_names(project: Path) -> None:
    (project / "dags" / "weekly.py").write_text("RegisterOperator()\n")
    with pytest.raises(ConfigError, match="2 DAG files call RegisterOperator: nightly, weekly"):
        find_dag_id(project, "RegisterOperator", option="--training")


def test_dag_file_that_is_not_valid_python_is_refused_with_its_path(project: Path) -> None:
    (project / "dags" / "broken.py").write_text("def\n")
    with pytest.raises(ConfigError, match="not valid Python") as refused:
        find_dag_id(project, "Measure", option="--drift-check")
    assert refused.value.where == str(project / "dags" / "broken.py")
