"""Registration as a task of Airflow: the tags that only Airflow knows."""

from __future__ import annotations

import os
import subprocess
import tempfile

import mlflow
import pytest

from trimtab.errors import ConfigError
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run


@pytest.fixture
def task(checkout):
    """The task of the checkout's DAG; Airflow reads its home when it is first imported."""
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
    from trimtab.airflow import DvcDag, RegisterOperator

    with DvcDag("training", project=checkout.root) as dag:
        register = RegisterOperator(task_id="register", project=checkout.root, reason="manual")
        dag.record >> register
    return register


def test_run_of_uncommitted_changes_is_registered_with_its_url_commit_and_patch(
    client,
    checkout,
    task,
    monkeypatch,
):
    # given a recorded run of a checkout with a change that is not committed
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")
    root = checkout.root
    (root / "README.md").write_text("draft\n")
    revision, graph = pin_revision(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="training-r/1")

    class Instance:
        dag_id = "training"

        def xcom_pull(self, *, task_ids, **_):
            return {"record": record.to_dict(), "plan": {"id": "p", "pages": 1}}.get(task_ids)

        def xcom_push(self, *, key, value):
            pass

    # when its task registers it
    made = task.execute({"ti": Instance(), "run_id": "r/1"})

    # then
    version = client.get_model_version(made["name"], str(made["version"]))
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    assert version.tags["trimtab.git_revision"] == head.strip(), "one that `git log` lists"
    assert version.tags["trimtab.record"] == record.commit
    assert version.tags["trimtab.dag_run_url"] == "https://airflow.example.com/dags/training/runs/r%2F1"
    assert "- dag run url: https://airflow.example.com/dags/training/runs/r%2F1" in version.description
    assert "+draft" in mlflow.artifacts.load_text(f"runs:/{made['run_id']}/uncommitted.patch")


def test_function_that_only_the_record_declares_is_refused_and_not_executed(client, checkout, task):
    # given a record whose dvc.yaml names code that the checkout does not
    root = checkout.root
    ran = root.parent / "ran"
    (root / "shop_costs.py").write_text(f"open({str(ran)!r}, 'w')\ndef publish(path): ...\n")
    pipeline, declared = root / "dvc.yaml", (root / "dvc.yaml").read_text()
    pipeline.write_text(declared + '  plots: {path: reports/plots, meta: {publish: "shop_costs:publish"}}\n')
    revision, graph = pin_revision(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="training-r/1")
    pipeline.write_text(declared)

    class Instance:
        dag_id = "training"

        def xcom_pull(self, *, task_ids, **_):
            return {"record": record.to_dict(), "plan": {"id": "p", "pages": 1}}.get(task_ids)

        def xcom_push(self, *, key, value):
            pass

    with pytest.raises(ConfigError, match="does not declare 'shop_costs:publish' for the artifact 'plots'"):
        task.execute({"ti": Instance(), "run_id": "r/1"})
    assert not ran.exists()
