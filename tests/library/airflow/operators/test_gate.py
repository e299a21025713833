"""The alert of a gate's task."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException

from tests.library.airflow.operators.pipeline_run import PipelineRun
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


FAILS = """\
import json, pathlib, sys
out = pathlib.Path("report")
out.mkdir(exist_ok=True)
checks = [{"name": "rows", "passed": False, "severity": "critical"}]
content = {"schema": "trimtab.gate-report/1", "verdict": "fail", "declared": 2, "failed": 1, "checks": checks}
(out / "report.json").write_text(json.dumps(content))
(out / "report.html").write_text("<p>failed</p>")
sys.exit(1)
"""


def test_log_of_a_gate_that_fails_ends_with_one_sentence_and_one_traceback(project, monkeypatch):
    told: list[str] = []
    log = SimpleNamespace(
        info=lambda *_: None, warning=lambda *_: None, error=lambda text, *of: told.append(text % of)
    )
    monkeypatch.setattr(GateOperator, "log", log)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow")
    stage = {"cmd": "python fails.py", "deps": ["fails.py"], "outs": ["report"]}
    stage["meta"] = {"trimtab": {"gate": "data"}}
    checkout = project({"dvc.yaml": json.dumps({"stages": {"judge": stage}}), "fails.py": FAILS})
    run = PipelineRun(checkout.root, monkeypatch)
    run.execute("plan")

    with pytest.raises(AirflowFailException) as failed:
        run.execute("judge")

    assert str(failed.value) == (
        "The data gate 'judge' has failed: 1 of 2 checks failed."
        " Report: http://airflow/trimtab/reports/d/r/judge"
    )
    assert failed.value.__suppress_context__
    assert failed.value.__cause__ is None
    assert told[-1] == "1 of 2 checks failed\ncritical: rows"
