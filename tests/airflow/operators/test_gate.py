"""What an alert tells of a gate's report."""

from __future__ import annotations

import subprocess
import sys

from trimtab.airflow import DvcDag
from trimtab.airflow.notifications.gate_findings import gate_findings

CHECK = {
    "name": "expect_column_values_to_be_between",
    "passed": False,
    "severity": "critical",
    "column": "dep_time",
    "expected": {"min_value": 0, "max_value": 2400, "value_set": ["JFK", "LGA"]},
    "observed": None,
    "unexpected": 1200,
    "rows": 30_000,
    "examples": [9999, "a traveller's name"],
    "detail": "",
    "notes": "Clock times.\nAsk the supplier.",
}


def report(*checks, **more):
    return {"verdict": "fail", "declared": 20, "failed": len(checks), "checks": list(checks), **more}


def test_a_failed_check_is_told_with_its_bounds_counts_and_notes():
    assert gate_findings(report(CHECK)).splitlines() == [
        "1 of 20 checks failed",
        "critical: expect_column_values_to_be_between of dep_time (min_value 0, max_value 2400); "
        "1,200 of 30,000 rows",
        "  Clock times. Ask the supplier.",
    ]


def test_no_row_of_the_data_leaves_the_house():
    told = gate_findings(report({**CHECK, "observed": ["a traveller's name"]}))
    assert "traveller" not in told
    assert "9999" not in told


def test_checks_that_hold_are_not_told_and_the_severe_come_first():
    told = gate_findings(
        report(
            {**CHECK, "severity": "info"}, {**CHECK, "passed": True, "name": "holds"}, {**CHECK, "rows": 0}
        )
    )
    assert "holds" not in told
    assert told.index("critical: ") < told.index("info: ")


def test_the_first_ten_failures_are_told_and_how_many_more_there_are():
    told = gate_findings(report(*[{**CHECK, "notes": "x" * 10_000}] * 25))
    assert told.count("critical: ") == 10
    assert told.endswith("and 15 more, in the report")
    assert len(told) < 5000


def test_a_gate_that_could_check_nothing_tells_why():
    assert "The table is empty" in gate_findings(report(problem="The table is empty\n  where: data/raw"))


def test_no_report_tells_nothing():
    assert gate_findings({}) == ""


def test_the_plugin_which_every_task_imports_brings_no_web_server():
    code = "import trimtab.airflow.plugin, sys; print([m for m in ('fastapi', 'dvc') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_of_a_lost_worker_the_dag_processor_tells_without_asking_for_what_it_cannot_get(project):
    """It answers no question about an asset's state, so asking would wait for ever."""
    dag = DvcDag("d", project=project().root)
    task = dag.get_task("judge")

    class Instance:
        dag_id, task_id = "d", "judge"

    told = task.alert({"task": task, "dag": dag, "run_id": "r", "ti": Instance()}, failed=True)
    assert told.kind == "gate broken"
    assert "worker was lost" in told.text()
    assert "blocks: record" in told.text()
