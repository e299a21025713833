"""The lineage of a stage: datasets by DVC's hashes, checks without values of the data, the model."""

from __future__ import annotations

from typing import Any

from openlineage.client.serde import Serde

from trimtab.gate_report import ReportContent
from trimtab.lineage_events import describe_stage
from trimtab.pipeline.graph import Artifact, Graph, Output, Stage
from trimtab.pipeline.lock import LockEntry

NAMESPACE = "dvc://flights"
TRAIN = Stage("train", ("python train.py",), deps=("data.csv", "train.py"), outs=(Output("model.skops"),))
GATE = Stage(
    "validate",
    ("trimtab gate data",),
    deps=("data.csv", "suite.yaml"),
    outs=(Output("report"),),
    meta={"trimtab": {"gate": "data"}},
)
SOURCE = Stage("data.csv.dvc", outs=(Output("data.csv"),))
GRAPH = Graph(
    stages=(TRAIN, GATE),
    sources=(SOURCE,),
    artifacts=(Artifact("flights", "model.skops", "model"),),
)
REPORT: ReportContent = {
    "checks": [
        {
            "name": "expect_column_values_to_not_be_null",
            "passed": False,
            "severity": "critical",
            "column": "carrier",
            "expected": {"mostly": 0.99},
            "observed": 0.5,
            "examples": ["alice@example.com"],
        },
        {"name": "columns_match", "passed": True, "severity": "warning", "observed": ["alice@example.com"]},
    ]
}


def entry(**items: str) -> LockEntry:
    """Return a lock entry; ``model.skops="d4"`` is an output, everything else a dependency."""
    outs = ("model.skops", "report")
    return {
        "deps": [{"path": path, "md5": md5} for path, md5 in items.items() if path not in outs],
        "outs": [{"path": path, "md5": md5} for path, md5 in items.items() if path in outs],
    }


def as_json(facets: Any) -> dict[str, Any]:
    return {name: Serde.to_dict(facet) for name, facet in facets.items()}


def test_datasets_have_the_hashes_of_the_lock_entry_and_the_model_is_one():
    found = describe_stage(
        GRAPH, TRAIN, entry(**{"data.csv": "a1", "train.py": "b2", "model.skops": "d4"}), namespace=NAMESPACE
    )

    assert [(each.namespace, each.name) for each in found.inputs] == [
        (NAMESPACE, "data.csv"),
        (NAMESPACE, "train.py"),
    ]
    (model,) = found.outputs
    facets = as_json(model.facets)
    assert (model.name, facets["version"]["datasetVersion"]) == ("model.skops", "d4")
    assert facets["datasetType"]["datasetType"] == "MODEL"
    assert as_json(found.inputs[0].facets)["datasetType"]["datasetType"] == "FILE"
    assert as_json(found.job_facets)["jobType"]["integration"] == "DVC"
    assert found.run_facets == {}


def test_checks_of_a_gate_are_tests_of_the_run_and_assertions_on_the_data_alone():
    found = describe_stage(
        GRAPH,
        GATE,
        entry(**{"data.csv": "a1", "suite.yaml": "c3", "report": "e5"}),
        namespace=NAMESPACE,
        report=REPORT,
    )

    data, suite = found.inputs
    assert suite.inputFacets == {}, "the suite was not checked"
    null, columns = as_json(data.inputFacets)["dataQualityAssertions"]["assertions"]
    assert (null["success"], null["column"], null["severity"]) == (False, "carrier", "error")
    assert (null["expected"], null["actual"]) == ('{"mostly": 0.99}', "0.5")
    assert (columns["success"], columns["severity"]) == (True, "warn")
    tests = as_json(found.run_facets)["test"]["tests"]
    assert [(test["name"], test["status"]) for test in tests] == [
        ("expect_column_values_to_not_be_null of carrier", "fail"),
        ("columns_match", "pass"),
    ]


def test_lineage_has_no_value_of_the_data():
    found = describe_stage(
        GRAPH, GATE, entry(**{"data.csv": "a1", "report": "e5"}), namespace=NAMESPACE, report=REPORT
    )

    assert "alice" not in repr(found)


def test_external_dependency_is_named_without_its_credentials():
    stage = Stage("load", ("python load.py",), deps=("https://u:secret@h.example.com/a.csv",))
    given: LockEntry = {"deps": [{"path": "https://u:secret@h.example.com/a.csv", "etag": "f6"}]}  # type: ignore[typeddict-unknown-key]

    (found,) = describe_stage(GRAPH, stage, given, namespace=NAMESPACE).inputs

    assert found.name == "https://h.example.com/a.csv"
    assert as_json(found.facets)["version"]["datasetVersion"] == "f6"


def test_stage_that_failed_has_no_datasets():
    found = describe_stage(GRAPH, GATE, None, namespace=NAMESPACE, report=REPORT)

    assert (found.inputs, found.outputs) == ((), ())
    assert "test" in found.run_facets
