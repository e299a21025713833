"""Addresses of pages in Airflow's UI."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trimtab.airflow.links.urls import base_url, report_url, run_url, task_url

CONTEXT = {
    "ti": SimpleNamespace(dag_id="training", task_id="left.judge"),
    "run_id": "manual__2026-11-24T00:00+00:00/1",
}
RUN = "https://airflow.example.com/dags/training/runs/manual__2026-11-24T00%3A00%2B00%3A00%2F1"


@pytest.fixture(autouse=True)
def base(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")


def test_base_url_has_no_slash_at_the_end():
    assert base_url() == "https://airflow.example.com"


def test_run_url_quotes_every_character_of_the_run_id():
    assert run_url(CONTEXT) == RUN


def test_task_url_is_a_page_of_the_run():
    assert task_url(CONTEXT) == f"{RUN}/tasks/left.judge"


def test_report_url_of_a_hostile_id_leads_to_no_other_page():
    url = report_url("a/../b", "r?x=1", "judge#top")
    assert url == "https://airflow.example.com/trimtab/reports/a%2F..%2Fb/r%3Fx%3D1/judge%23top"
