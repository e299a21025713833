"""The lineage of a stage's task, as Airflow's OpenLineage provider extracts it from the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from airflow.providers.openlineage.extractors import OperatorLineage
from airflow.providers.openlineage.extractors.base import DefaultExtractor

from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.stage import StageOperator

REPORT = '{"checks": [{"name": "rows", "passed": true, "severity": "critical"}]}'


@dataclass
class TaskInstance:
    """The part of a task instance that the operator asks: its own result."""

    result: dict[str, Any] | None

    def xcom_pull(self, *, task_ids: str, key: str = "return_value") -> dict[str, Any] | None:
        return self.result


@pytest.fixture
def checkout(project):
    checkout = project()
    checkout.write({"verdict.json": REPORT})
    checkout.edit(
        "dvc.yaml", "(cat metrics.json; echo) > report/report.json", "cp verdict.json report/report.json"
    )
    checkout.repro()
    return checkout


def extract(checkout, stage: str, *, ran: bool = True, **kind: str) -> OperatorLineage:
    """Let the provider ask the operator of a stage whose task has ended."""
    operator = (GateOperator if kind else StageOperator)(
        task_id=stage, project=checkout.root, graph=checkout.graph(), stage=stage, plan="plan", upstream={},
        assets={}, **kind,
    )  # fmt: skip
    result = {"entry": checkout.locked(stage)} if ran else None
    return DefaultExtractor(operator).extract_on_complete(TaskInstance(result))


def test_provider_extracts_datasets_with_the_hashes_of_the_lock_entry(checkout):
    lineage = extract(checkout, "clean")

    found = {each.name: each.facets["version"].datasetVersion for each in (*lineage.inputs, *lineage.outputs)}
    entry = checkout.locked("clean")
    assert found == {item["path"]: item["md5"] for item in (*entry["deps"], *entry["outs"])}
    assert {each.namespace for each in lineage.inputs} == {"dvc://project"}


def test_provider_extracts_the_checks_of_a_gate_from_its_report_in_the_cache(checkout):
    lineage = extract(checkout, "judge", gate="model")

    (test,) = lineage.run_facets["test"].tests
    assert (test.name, test.status) == ("rows", "pass")


def test_gate_without_a_readable_report_has_the_datasets_alone(checkout):
    for file in (checkout.root / ".dvc" / "cache").rglob("*.dir"):
        file.unlink()

    lineage = extract(checkout, "judge", gate="model")

    assert [each.name for each in lineage.inputs] == ["metrics.json"]
    assert "test" not in lineage.run_facets


def test_provider_extracts_the_checks_of_a_gate_that_failed(checkout):
    operator = GateOperator(
        task_id="judge", project=checkout.root, graph=checkout.graph(), stage="judge", plan="plan",
        upstream={}, assets={}, gate="model",
    )  # fmt: skip
    location = {"outs": checkout.locked("judge")["outs"]}

    lineage = DefaultExtractor(operator).extract_on_failure(TaskInstance(location))

    assert [test.name for test in lineage.run_facets["test"].tests] == ["rows"]
    assert lineage.outputs == []


def test_skipped_stage_has_no_lineage(checkout):
    assert extract(checkout, "clean", ran=False) == OperatorLineage()
