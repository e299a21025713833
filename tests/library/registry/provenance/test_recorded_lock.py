"""Lock entries of the stages behind a model, compared with the files at hand."""

from __future__ import annotations

import pytest

from tests.library.conftest import Checkout, alone, new_checkout
from trimtab.errors import ProjectError
from trimtab.pipeline.cache.hashing import Hasher
from trimtab.registry.provenance.content_hashes import content_hasher
from trimtab.registry.provenance.recorded_lock import RecordedLock

FOLDER_STAGE = {
    ".gitignore": "/report\n",
    ".dvcignore": "*.tmp\n",
    "dvc.yaml": "stages: {judge: {cmd: mkdir report && touch report/a report/b.tmp, outs: [report]}}\n",
}


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Checkout:
    """A project that has run, with a file of its output in `.dvcignore`."""
    alone(monkeypatch, tmp_path)
    made = new_checkout(tmp_path / "checkout", FOLDER_STAGE)
    made.repro()
    return made


def test_folder_with_files_in_dvcignore_has_the_same_hash_in_registry_pipeline_and_dvc_lock(checkout):
    (checkout.root / "report/c.tmp").write_text("not data\n")
    with content_hasher(checkout.root) as hasher:
        in_registry = hasher.hash("report")
    with checkout.dvc() as repo:
        in_pipeline = Hasher(repo).hash(checkout.root / "report")["md5"]
    assert in_registry == in_pipeline == checkout.locked("judge")["outs"][0]["md5"]


def test_lock_check_passes_when_only_a_file_in_dvcignore_has_changed(checkout):
    (checkout.root / "report/b.tmp").write_text("changed\n")
    RecordedLock.read(checkout.root, checkout.graph().stages).check(["report"])


@pytest.mark.parametrize("path", ["report/a", "report/new"])
def test_lock_check_fails_when_a_file_of_an_output_has_changed(checkout, path):
    (checkout.root / path).write_text("changed\n")
    with pytest.raises(ProjectError, match="report is missing or has changed"):
        RecordedLock.read(checkout.root, checkout.graph().stages).check(["report"])
