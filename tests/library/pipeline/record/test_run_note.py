"""Notes about recorded runs, beside their commits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trimtab.pipeline.execution import current_environment
from trimtab.pipeline.git import git
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.record.run_note import NOTES, RunNote, StageNote, read_run_notes, write_run_note


@pytest.fixture
def note(project):
    environment = current_environment()
    stages = {"draw": StageNote("worker-1", environment.digest, True), "clean": StageNote("", "", False)}
    revision = pin_revision(project().root)
    now = datetime(2013, 6, 1, tzinfo=UTC)
    return RunNote("training", now, revision, stages, {environment.digest: environment})


def test_note_survives_a_round_trip_and_changes_no_branch_and_no_file(project, note):
    checkout = project(folder="other")
    before = checkout.state()

    write_run_note(checkout.root, "training-run", note)

    assert read_run_notes(checkout.root) == {"training-run": note}
    assert checkout.state() == before


def test_environment_of_a_stage_has_the_host_of_its_task(note):
    found = note.environment_of("draw")
    assert (found.host, found.packages) == ("worker-1", current_environment().packages)
    assert note.environment_of("clean") is None


def test_note_is_pushed_with_the_record(project, note, tmp_path):
    checkout = project(folder="other")
    git(tmp_path, "init", "--quiet", "--bare", "shared.git")

    write_run_note(checkout.root, "training-run", note, push_to=str(tmp_path / "shared.git"))

    assert read_run_notes(tmp_path / "shared.git") == {"training-run": note}


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"schema": "another"}', '{"schema": "trimtab.run-note/1"}']
)
def test_note_that_is_not_valid_is_left_out_with_a_warning(project, note, caplog, text):
    root = project(folder="other").root
    write_run_note(root, "good", note)
    git(root, "update-ref", f"{NOTES}/bad", git(root, "hash-object", "-w", "--stdin", text=text))

    assert read_run_notes(root).keys() == {"good"}
    assert f"{NOTES}/bad" in caplog.text
