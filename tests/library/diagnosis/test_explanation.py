"""The explanation of a run: differences from the last good run, and what they changed."""

from __future__ import annotations

import pytest

from tests.library.diagnosis.conftest import OLD
from trimtab.diagnosis.explanation import explain
from trimtab.errors import ProjectError


def test_explanation_names_each_kind_of_difference_and_what_it_changed(project, record):
    checkout = project()
    record(checkout, "scheduled__2013-06-01", 1, environment=OLD)
    checkout.edit("dvc.yaml", "cat data/rows.txt data/source.txt", "cat data/source.txt data/rows.txt")
    checkout.write({"data/source.txt": "another source\n"})
    checkout.commit("Put the source first")
    record(checkout, "scheduled__2013-06-02", 2, overrides={"draw.rows": 44})

    found = explain(checkout.root, "training/scheduled__2013-06-02")

    assert found.against == "training-scheduled__2013-06-01"
    assert [(each.path, each.change) for each in found.data] == [("data/source.txt", "changed")]
    assert [each.path for each in found.code] == ["command of clean"]
    assert [each.subject for each in found.commits] == ["Put the source first"]
    assert [(each.name, each.before, each.after) for each in found.params] == [("draw.rows", 3, 44)]
    assert {"Python", "numpy", "host"} <= {each.name for each in found.environment}
    states = {each.stage: (each.state, each.reason) for each in found.stages}
    assert states["draw"] == ("ran", "draw.rows: 3 → 44")
    assert states["clean"][0] == "ran"
    assert "data/source.txt changed" in states["clean"][1]
    assert [each.name for each in found.metrics] == ["metrics.json:bytes"]
    assert found.remarks == []


def test_explanation_of_an_equal_run_has_no_difference(project, record):
    checkout = project()
    record(checkout, "scheduled__2013-06-01", 1)
    record(checkout, "scheduled__2013-06-02", 2)

    found = explain(checkout.root, "training-scheduled__2013-06-02")

    assert [*found.data, *found.code, *found.params, *found.stages, *found.metrics] == []


@pytest.mark.slow
def test_run_is_compared_with_the_latest_earlier_run_of_its_own_pipeline(project, record):
    checkout = project()
    for number in (1, 3, 2):
        record(checkout, f"scheduled__2013-06-0{number}", number, overrides={"draw.rows": number})
    checkout.run_all({"draw.rows": 9}, name="other-scheduled__2013-06-02")

    assert explain(checkout.root, "training/scheduled__2013-06-03").against.endswith("06-02")
    with pytest.raises(ProjectError, match="No run of 'training' was recorded before"):
        explain(checkout.root, "training/scheduled__2013-06-01")


def test_failed_run_of_airflow_is_explained_by_the_code_of_the_stage_that_failed(project, record, airflow):
    checkout = project()
    record(checkout, "scheduled__2013-06-01", 1)
    checkout.edit("dvc.yaml", "cat data/rows.txt data/source.txt >", "cat data/absent.txt data/source.txt >")
    checkout.commit("Read another file")
    airflow(checkout)

    found = explain(checkout.root, "training/failed")

    assert found.failed == ("clean",)
    assert found.against == "training-scheduled__2013-06-01"
    assert [each.path for each in found.code] == ["command of clean"]
    assert [each.subject for each in found.commits] == ["Read another file"]
    assert {each.stage: each.state for each in found.stages} == {
        "clean": "failed",
        "count": "not reached",
        "judge": "not reached",
    }
    assert found.metrics == [] == found.data


@pytest.mark.slow
def test_verdict_of_a_failed_gate_is_compared_with_the_good_one(project, record, airflow):
    report = '{"schema": "trimtab.gate-report/1", "gate": "model", "evaluated": 1, "declared": 1,'
    report += ' "failed": %d, "verdict": "%s", "checks": [{"name": "auc", "passed": %s}]}'
    command = "cmd: mkdir report && (cat metrics.json; echo) > report/report.json && touch judged.txt"
    checkout = project()
    checkout.write({"good.json": report % (0, "pass", "true"), "bad.json": report % (1, "fail", "false")})
    checkout.edit("dvc.yaml", command, "cmd: mkdir report && cp good.json report/report.json")
    checkout.edit("dvc.yaml", "deps: [metrics.json]", "deps: [metrics.json, good.json, bad.json]")
    checkout.commit()
    record(checkout, "scheduled__2013-06-01", 1)
    checkout.edit("dvc.yaml", "cp good.json report/report.json", "cp bad.json report/report.json; exit 1")
    checkout.commit("Break it")
    airflow(checkout)

    (found,) = explain(checkout.root, "training/failed").verdicts

    assert (found.gate, found.before, found.after, found.failed) == ("judge", "pass", "fail", ("auc",))


@pytest.mark.slow
def test_environment_that_was_not_recorded_is_a_remark(project, record):
    checkout = project()
    checkout.run_all(name="training-manual__2013-06-01")
    record(checkout, "manual__2013-06-02", 2, overrides={"draw.rows": 8})

    found = explain(checkout.root, "training/manual__2013-06-02", against="training-manual__2013-06-01")

    assert found.environment == []
    assert found.remarks == ["the environment of the earlier run is not recorded"]
