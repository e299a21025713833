"""The alert of a gate's task."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trimtab.airflow import DvcDag
from trimtab.airflow.operators.gate import HISTORY, GateOperator


def test_alert_of_a_lost_worker_asks_for_no_state_of_an_asset(project):
    """The dag-processor sends it, and a request for an asset's state would never return there."""
    dag = DvcDag("d", project=project().root)
    task = dag.get_task("judge")

    class Instance:
        dag_id, task_id = "d", "judge"

    found = task.alert({"task": task, "dag": dag, "run_id": "r", "ti": Instance()}, failed=True)
    assert found.kind == "gate error"
    assert "worker was lost" in found.text()
    assert "blocks: record" in found.text()


@pytest.mark.parametrize(
    ("stored", "verdict"), [("failed", "fail"), ("warned", "warn"), ("broken", "error"), ("fail", "fail")]
)
def test_state_that_an_earlier_version_stored_is_read_as_a_verdict(stored, verdict):
    kept = {HISTORY: {"state": stored, "since": "2013-01-01, run a", "passed": "2012-12-31, run z"}}
    store = SimpleNamespace(get=lambda key, default: kept.get(key, default), set=kept.__setitem__)
    context = {"asset_state_store": {"gate": store}, "run_id": "b"}

    since = GateOperator._note_verdict(SimpleNamespace(assets={"out": "gate"}), context, verdict)

    assert since == "2013-01-01, run a; last passed: 2012-12-31, run z"
    assert kept[HISTORY]["state"] == verdict
