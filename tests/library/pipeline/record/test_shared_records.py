"""Records in the DVC remote: what a run recorded on a worker is in every clone."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from trimtab.errors import ProjectError, RemoteError, StageError
from trimtab.pipeline.record.checkout import NoRunError, check_out, find_run
from trimtab.pipeline.record.record import list_runs
from trimtab.pipeline.record.run_note import RunNote, read_run_notes
from trimtab.pipeline.record.shared_records import copy_record, fetch_record, fetch_records, share_record

THEN = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def worker(project, tmp_path):
    """The checkout of a worker, whose project has a remote that is empty."""
    checkout = project()
    checkout.write(
        {".dvc/config": f"[core]\n    remote = store\n['remote \"store\"']\n    url = {tmp_path}/store\n"}
    )
    checkout.commit("Remote")
    return checkout


def shared(worker, name="training-r1", *, when=THEN, overrides=None):
    """Record a run on the worker, as its task does."""
    run = worker.run_all(overrides, name=name)
    note = RunNote("training", when, run.revision, {}, {})
    assert share_record(worker.root, run.record, note)
    return run.record


def fresh(worker, folder):
    """A clone that has the project's branches, and neither records nor cache."""
    worker.git("clone", "--quiet", "--no-local", f"file://{worker.root}", str(folder))
    return type(worker)(folder)


def test_run_of_a_pruned_worker_is_checked_out_in_a_fresh_clone(worker, tmp_path):
    record = shared(worker, overrides={"draw.rows": 5})
    clone = fresh(worker, tmp_path / "clone")
    shutil.rmtree(worker.root)

    assert check_out(clone.root, "training/r1", tmp_path / "run") == record.commit

    there = type(clone)(tmp_path / "run")
    assert "rows: 5" in there.read("params.yaml")
    assert there.repro() == [], "lock and data are those of the run"
    assert read_run_notes(clone.root)["training-r1"].pipeline == "training"


def test_record_is_copied_to_another_remote_where_a_clone_finds_it(worker, tmp_path):
    record = shared(worker)
    other = f"['remote \"prod\"']\n    url = {tmp_path}/prod\n"
    (worker.root / ".dvc" / "config.local").write_text(other)

    assert copy_record(worker.root, record.commit, remote="prod")
    assert copy_record(worker.root, record.commit, remote="prod"), "a second time too"
    assert not copy_record(worker.root, "0" * 40, remote="prod")

    held = [path.relative_to(tmp_path / "prod") for path in (tmp_path / "prod").rglob("*.json")]
    assert [str(path) for path in held] == [f"trimtab/records/training-r1/{record.commit}.json"]
    own = tmp_path / "store" / held[0]
    assert (tmp_path / "prod" / held[0]).read_bytes() == own.read_bytes()


@pytest.mark.slow
def test_record_is_switched_to_once_it_is_fetched(worker, tmp_path):
    record = shared(worker)
    clone = fresh(worker, tmp_path / "clone")

    (fetched,) = fetch_records(clone.root)

    assert (fetched.name, fetched.commit, fetched.refusal) == ("training-r1", record.commit, "")
    clone.git("switch", "--quiet", "--detach", record.commit)
    assert list(fetch_records(clone.root)) == [], "nothing is fetched twice"


@pytest.mark.slow
def test_run_is_found_by_name_or_commit_and_another_one_is_not(worker, tmp_path):
    record = shared(worker)
    for number, name in enumerate(("training-r1", "training/r1", record.commit, record.commit[:9])):
        assert find_run(fresh(worker, tmp_path / f"clone{number}").root, name) == record.commit
    clone = fresh(worker, tmp_path / "clone")
    for name in ("training-r2", "e" * 40, "training-r"):
        with pytest.raises(NoRunError, match="There is no run"):
            find_run(clone.root, name)
    assert list_runs(clone.root) == {}


@pytest.mark.slow
def test_run_that_was_recorded_twice_has_its_newest_record(worker, tmp_path):
    shared(worker, when=THEN + timedelta(hours=1), overrides={"draw.rows": 6})
    newest = shared(worker, when=THEN + timedelta(hours=2), overrides={"draw.rows": 7})
    shared(worker, when=THEN, overrides={"draw.rows": 5})
    clone = fresh(worker, tmp_path / "clone")

    assert fetch_record(clone.root, "training-r1") == newest.commit
    assert list(fetch_records(clone.root)) == []


@pytest.mark.slow
def test_records_of_another_pipeline_of_the_repository_are_not_fetched(worker, tmp_path):
    shared(worker)
    store = tmp_path / "store" / "trimtab" / "records"
    shutil.copytree(store / "training-r1", store / "pipelines" / "other" / "training-r2")

    assert [each.name for each in fetch_records(fresh(worker, tmp_path / "clone").root)] == ["training-r1"]


def test_record_of_a_project_without_a_remote_is_not_shared(project):
    checkout = project(ran=True)
    run = checkout.run_all(name="run")

    assert not share_record(checkout.root, run.record, RunNote("d", THEN, run.revision, {}, {}))
    assert list(fetch_records(checkout.root)) == []


@pytest.mark.slow
def test_remote_that_cannot_be_asked_is_named(worker, tmp_path):
    worker.edit(".dvc/config", f"{tmp_path}/store", "s3://bucket/store\n    endpointurl = http://127.0.0.1:9")
    with pytest.raises(NoRunError, match=r"the remote could not be asked: .*DVC remote 'store'"):
        find_run(worker.root, "training-r1")
    with pytest.raises(RemoteError):
        fetch_record(worker.root, "training-r1")


@pytest.mark.slow
class TestHostileRemote:
    """Whoever can write to the remote names no code, and no file that a run may not add to its revision."""

    def change(self, tmp_path, change):
        (file,) = (tmp_path / "store").glob("trimtab/records/*/*.json")
        values = json.loads(file.read_text())
        change(values)
        file.write_text(json.dumps(values))

    def refused(self, worker, tmp_path):
        clone = fresh(worker, tmp_path / "clone")
        (fetched,) = fetch_records(clone.root)
        assert not fetched.commit
        assert list_runs(clone.root) == {}
        with pytest.raises((ProjectError, StageError)):
            find_run(clone.root, "training-r1")
        return fetched.refusal

    def test_record_with_a_file_that_dvc_follows_is_refused(self, worker, tmp_path):
        shared(worker)

        def hide_a_pipeline(values):
            files = values["record"]["files"]
            files["dvc.yaml"] = files["metrics.json"]

        self.change(tmp_path, hide_a_pipeline)
        assert "no run may add to its revision: 'dvc.yaml'" in self.refused(worker, tmp_path)

    def test_record_of_a_commit_that_no_branch_has_is_refused(self, worker, tmp_path):
        shared(worker)
        self.change(tmp_path, lambda values: values["record"].update(revision="d" * 40))
        assert "does not have the revision dddddddddddd" in self.refused(worker, tmp_path)

    def test_record_with_another_result_than_its_commit_is_refused(self, worker, tmp_path):
        shared(worker)

        def improve_the_metric(values):
            files = values["record"]["files"]
            files["metrics.json"] = files["dvc.lock"]

        self.change(tmp_path, improve_the_metric)
        assert "cannot be made again here" in self.refused(worker, tmp_path)

    @pytest.mark.parametrize(
        "values",
        [[], {}, {"schema": "trimtab.record/9"}, {"schema": "trimtab.record/1", "record": {}, "note": {}}],
    )
    def test_file_that_is_no_record_is_refused(self, worker, tmp_path, values):
        record = shared(worker)
        (file,) = (tmp_path / "store").glob("trimtab/records/*/*.json")
        file.write_text(json.dumps(values))
        assert record.commit in self.refused(worker, tmp_path), "the message has the file"

    def test_record_that_is_refused_does_not_hide_the_others(self, worker, tmp_path):
        shared(worker)
        self.change(tmp_path, lambda values: values["record"].update(message="another"))
        good = shared(worker, "training-r2")
        clone = fresh(worker, tmp_path / "clone")
        assert [bool(each.refusal) for each in fetch_records(clone.root)] == [True, False]
        assert list_runs(clone.root) == {"training-r2": good.commit}
