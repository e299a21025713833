"""Recorded runs, and their order."""

from __future__ import annotations

import pytest

from trimtab.diagnosis.recorded_runs import earlier_runs, recorded_run


@pytest.mark.slow
def test_earlier_runs_are_those_of_the_same_pipeline_the_latest_first(project, record):
    checkout = project()
    for number in (2, 1, 3):
        record(checkout, f"x{number}", number, overrides={"draw.rows": number + 10})
    checkout.run_all({"draw.rows": 20}, name="other-manual__2013")

    run = recorded_run(checkout.root, "training-x3")

    assert [each.name for each in earlier_runs(checkout.root, run)] == ["training-x2", "training-x1"]


@pytest.mark.slow
def test_runs_without_a_note_are_ordered_by_commit_and_name(project):
    checkout = project()
    for date in ("2013-06-02", "2013-06-01"):
        checkout.run_all({"draw.word": date}, name=f"training-scheduled__{date}")

    run = recorded_run(checkout.root, "training/scheduled__2013-06-02")

    assert run.pipeline == "training"
    assert [each.name for each in earlier_runs(checkout.root, run)] == ["training-scheduled__2013-06-01"]


def test_run_with_a_note_has_its_pinned_revision_and_without_it_its_record(project, record):
    checkout = project()
    noted = record(checkout, "x1", 1, overrides={"draw.rows": 7})
    plain = checkout.run_all(name="training-manual__1")

    assert recorded_run(checkout.root, "training-x1").revision == noted.revision
    assert recorded_run(checkout.root, "training-manual__1").revision.sha == plain.record.commit
