"""Airflow's DagBag in a process of its own."""

from __future__ import annotations

import pytest

from trimtab.contracts.parsed_dags import parse_dags
from trimtab.errors import ProjectError


@pytest.mark.slow
def test_files_are_parsed_once_and_no_home_folder_is_left(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "broken.py").write_text("from airflow.sdk import DAG\nraise ValueError('no dag')\n")

    parsed = parse_dags(tmp_path)

    assert list(parsed) == ["broken.py"]
    assert "ValueError: no dag" in parsed["broken.py"]["error"]
    assert parse_dags(tmp_path) is parsed
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_airflow_that_does_not_start_is_an_error_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "nothing://")
    with pytest.raises(ProjectError, match="Airflow did not start"):
        parse_dags(tmp_path)
