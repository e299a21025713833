"""The folder of a project on the api-server; test_report_pages.py reads reports through it."""

from __future__ import annotations

import pytest

from trimtab.airflow import project_folders
from trimtab.airflow.project_folders import find_project_folder
from trimtab.errors import ConfigError


def config(folder):
    (folder / ".dvc").mkdir(parents=True)
    (folder / ".dvc" / "config").touch()
    return folder


def test_folder_is_that_of_the_name_in_the_variable(tmp_path, monkeypatch):
    mine = config(tmp_path / "rides")
    monkeypatch.setenv("TRIMTAB_PROJECTS", str(tmp_path))
    assert find_project_folder(None, "training", "rides") == mine


@pytest.mark.parametrize("name", ["..", "a/../../x", "../rides", "none"])
def test_name_that_leads_elsewhere_is_refused(tmp_path, monkeypatch, name):
    config(tmp_path)
    config(tmp_path / "in" / "rides")
    monkeypatch.setenv("TRIMTAB_PROJECTS", str(tmp_path / "in"))
    with pytest.raises(ConfigError, match="TRIMTAB_PROJECTS"):
        find_project_folder(None, "training", name)


def test_folder_is_above_the_file_of_the_dag_or_beside_it(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_PROJECTS", raising=False)
    mine, beside = config(tmp_path / "rides"), config(tmp_path / "pipelines" / "stops")
    monkeypatch.setattr(project_folders, "dag_file", lambda session, dag_id: str(mine / "dags" / "d.py"))
    assert find_project_folder(None, "training", "rides") == mine
    monkeypatch.setattr(project_folders, "dag_file", lambda session, dag_id: str(tmp_path / "dags" / "d.py"))
    assert find_project_folder(None, "training", "stops") == beside
