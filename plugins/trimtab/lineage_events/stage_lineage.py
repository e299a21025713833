"""The lineage of one stage in the terms of OpenLineage, from its lock entry and the report of its gate.

https://openlineage.io/docs/spec/facets has the facets. No value of the data is in them: of a check only its
name, column, bounds, severity, and what it found if that is a number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from trimtab.escaping import without_credentials
from trimtab.gate_report import CheckContent, ReportContent
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import LockEntry, LockItem, path_in_graph

PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/main/client/python#trimtab"
LONGEST = 200  # characters of the bounds of a check
VERSION_KEYS = ("md5", "etag", "checksum")  # of a lock entry's item: DVC's hash, or that of the storage
MODEL = "model"  # type of an artifact

Facets: TypeAlias = dict[str, Any]  # name to an object of OpenLineage's client


@dataclass(frozen=True)
class StageLineage:
    """What a run event says of a stage; the values are objects of OpenLineage's client.

    Attributes:
        inputs: The dependencies, with their hashes; those that a gate has checked, with its checks.
        outputs: The outputs, with their hashes; a model is of the type ``MODEL``.
        run_facets: For a gate its checks, as tests.
        job_facets: That the job is a stage of DVC.
    """

    inputs: tuple[Any, ...] = ()
    outputs: tuple[Any, ...] = ()
    run_facets: Facets = field(default_factory=dict)
    job_facets: Facets = field(default_factory=dict)


def describe_stage(
    graph: Graph,
    stage: Stage,
    entry: LockEntry | None,
    *,
    namespace: str,
    report: ReportContent | None = None,
) -> StageLineage:
    """Describe a stage.

    Args:
        graph: The stages of the project.
        stage: The stage.
        entry: Its lock entry; None if it failed, and has none.
        namespace: The namespace of the project's files, such as ``dvc://orders``.
        report: The report of the stage, if it is a gate.
    """
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import job_type_job

    checks = (report or {}).get("checks", [])
    data = {out.path for each in (*graph.stages, *graph.sources) for out in each.outs}
    models = {artifact.path for artifact in graph.artifacts if artifact.type == MODEL}
    inputs, outputs = [], []
    for item in (entry or {}).get("deps", []):
        path = path_in_graph(stage, item["path"])
        checked = _assertions(checks) if path in data and checks else {}
        facets = _dataset_facets(item, is_model=path in models)
        inputs.append(InputDataset(namespace, without_credentials(path), facets=facets, inputFacets=checked))
    for item in (entry or {}).get("outs", []):
        path = path_in_graph(stage, item["path"])
        facets = _dataset_facets(item, is_model=path in models)
        outputs.append(OutputDataset(namespace, without_credentials(path), facets=facets))
    job_type = job_type_job.JobTypeJobFacet("BATCH", "DVC", "STAGE", producer=PRODUCER)
    return StageLineage(tuple(inputs), tuple(outputs), _tests(checks), {"jobType": job_type})


def _dataset_facets(item: LockItem, *, is_model: bool) -> Facets:
    from openlineage.client.facet_v2 import dataset_type_dataset, dataset_version_dataset

    version = next((str(item[key]) for key in VERSION_KEYS if key in item), "")  # type: ignore[literal-required]
    type_ = "MODEL" if is_model else "FILE"
    facets: Facets = {"datasetType": dataset_type_dataset.DatasetTypeDatasetFacet(type_, producer=PRODUCER)}
    if version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(version, producer=PRODUCER)
    return facets


def _assertions(checks: list[CheckContent]) -> Facets:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality

    assertions = [
        quality.Assertion(
            assertion=check["name"],
            success=check["passed"],
            column=check.get("column") or None,
            severity=_severity(check),
            expected=_expected(check),
            actual=_actual(check),
        )
        for check in checks
        if "name" in check and "passed" in check
    ]
    facet = quality.DataQualityAssertionsDatasetFacet(assertions, producer=PRODUCER)
    return {"dataQualityAssertions": facet}


def _tests(checks: list[CheckContent]) -> Facets:
    from openlineage.client.facet_v2 import test_run

    tests = [
        test_run.TestExecution(
            name=f"{check['name']} of {check['column']}" if check.get("column") else check["name"],
            status="pass" if check["passed"] else "fail",
            severity=_severity(check),
            type=check["name"],
            expected=_expected(check),
            actual=_actual(check),
        )
        for check in checks
        if "name" in check and "passed" in check
    ]
    return {"test": test_run.TestRunFacet(tests, producer=PRODUCER)} if tests else {}


def _severity(check: CheckContent) -> str:
    """Return OpenLineage's severity: whether a failure stops the pipeline."""
    return "error" if check.get("severity", "critical") == "critical" else "warn"


def _expected(check: CheckContent) -> str | None:
    expected = check.get("expected")
    return json.dumps(expected, sort_keys=True)[:LONGEST] if expected else None


def _actual(check: CheckContent) -> str | None:
    observed = check.get("observed")
    is_number = isinstance(observed, int | float) and not isinstance(observed, bool)
    return f"{observed:g}" if is_number else None
