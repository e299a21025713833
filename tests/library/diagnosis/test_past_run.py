"""Finding a run by its name."""

from __future__ import annotations

import pytest

from trimtab.diagnosis.past_run import find_past_run
from trimtab.errors import ProjectError, ServiceError


def test_name_without_a_dag_is_only_searched_among_recorded_runs(project):
    with pytest.raises(ProjectError, match="There is no run 'nothing'"):
        find_past_run(project().root, "nothing")


def test_run_that_is_not_recorded_needs_an_airflow_and_the_error_says_which(project, monkeypatch):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    with pytest.raises(ServiceError, match=r"not recorded in this repository.*\n.*\n.*TRIMTAB_AIRFLOW_URL"):
        find_past_run(project().root, "training/manual__1")


def test_run_of_neither_git_nor_airflow_is_refused(project, airflow):
    checkout = project()
    airflow(checkout)
    with pytest.raises(ProjectError, match="Airflow has no such run, and none is recorded"):
        find_past_run(checkout.root, "training/absent")
