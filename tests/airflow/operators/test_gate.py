"""The alert of a gate's task."""

from __future__ import annotations

from trimtab.airflow import DvcDag


def test_alert_of_a_lost_worker_asks_for_no_state_of_an_asset(project):
    """The dag-processor sends it, and a request for an asset's state would never return there."""
    dag = DvcDag("d", project=project().root)
    task = dag.get_task("judge")

    class Instance:
        dag_id, task_id = "d", "judge"

    found = task.alert({"task": task, "dag": dag, "run_id": "r", "ti": Instance()}, failed=True)
    assert found.kind == "gate broken"
    assert "worker was lost" in found.text()
    assert "blocks: record" in found.text()
