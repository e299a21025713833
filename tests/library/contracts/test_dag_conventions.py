"""The conventions of DAG files, in files that Airflow parses."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.contracts.dag_conventions import check_dag_file

GOOD = '''\
"""Count once a week."""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from trimtab.airflow import alerting

with DAG(
    "good",
    doc_md=__doc__,
    tags=["demand"],
    schedule="@weekly",
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "team",
        "retries": 1,
        "execution_timeout": timedelta(minutes=1),
        **alerting("oncall"),
    },
):
    EmptyOperator(task_id="count")
'''
BROKEN = {
    "no_doc": ("    doc_md=__doc__,\n", "", "The DAG has no doc_md"),
    "no_tags": ('    tags=["demand"],\n', "", "The DAG has no tags"),
    "no_catchup": ("    catchup=False,\n", "", "The DAG does not say whether it catches up"),
    "no_limit": ("    max_active_runs=1,\n", "", "The DAG does not say how many runs may be active"),
    "no_start": (
        "    start_date=datetime(2024, 1, 1, tzinfo=UTC),\n",
        "",
        "The DAG has a schedule but no start_date",
    ),
    "no_owner": ('        "owner": "team",\n', "", "The task has no owner"),
    "no_retries": ('"retries": 1', '"retries": 0', "The task has no retries"),
    "no_timeout": (
        '        "execution_timeout": timedelta(minutes=1),\n',
        "",
        "The task has no execution_timeout",
    ),
    "no_alert": ('        **alerting("oncall"),\n', "", "Nobody is told if the task fails"),
    "heavy": ("from datetime", "import pandas\nfrom datetime", "The file imports pandas when it is parsed"),
    "no_dag": (
        "with DAG(",
        "with (lambda *a, **k: __import__('contextlib').nullcontext())(",
        "defines no DAG",
    ),
    "raises": (
        "from airflow.sdk import DAG\n",
        "from airflow.sdk import DAGG\n",
        "cannot import name 'DAGG'",
    ),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good DAG file, one for each way to break it, and two with one id: Airflow parses them all at once."""
    top = tmp_path_factory.mktemp("conventions")
    dags = top / "dags"
    (dags / "twice").mkdir(parents=True)
    (dags / "good.py").write_text(GOOD)
    for name, (old, new, _) in BROKEN.items():
        assert old in GOOD
        (dags / f"{name}.py").write_text(GOOD.replace(old, new).replace('"good"', f'"{name}"'))
    for name in ("one", "two"):
        (dags / "twice" / f"{name}.py").write_text(GOOD.replace('"good"', '"same"'))
    (dags / ".airflowignore").write_text("hidden.py\n")
    (dags / "hidden.py").write_text("from airflow.sdk import DAG\n")
    return top


def problems(repository: Path, file: str) -> list[str]:
    return [problem.what for problem in check_dag_file(repository, repository / "dags" / file)]


def test_dag_that_keeps_the_conventions_has_no_problem(repository):
    assert problems(repository, "good.py") == []


@pytest.mark.parametrize("name", BROKEN)
def test_dag_that_breaks_a_convention_has_that_problem_only(repository, name):
    found = problems(repository, f"{name}.py")
    assert [BROKEN[name][2] in what for what in found] == [True], found


def test_dag_id_of_two_files_is_found(repository):
    assert problems(repository, "twice/one.py") == []
    (problem,) = problems(repository, "twice/two.py")
    assert "DuplicatedId" in problem
    assert "twice/one.py" in problem


def test_file_that_airflow_ignores_is_skipped(repository):
    with pytest.raises(pytest.skip.Exception, match=r"\.airflowignore hides it"):
        problems(repository, "hidden.py")
