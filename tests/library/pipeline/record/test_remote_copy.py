"""Copy what a revision names to another remote: only what is missing, and nothing that is altered."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError, RemoteError, StageError
from trimtab.pipeline.cache import Remote
from trimtab.pipeline.record.remote_copy import RemoteCopy, copy_to_remote
from trimtab.pipeline.record.required_objects import find_required_objects
from trimtab.pipeline.worktree.worktree import WorkTree


@pytest.fixture
def checkout(project, tmp_path):
    """A checkout whose outputs are in its cache, with an empty remote of another environment."""
    checkout = project(ran=True)
    checkout.write(
        {
            ".dvc/config.local": f"[core]\n    remote = own\n['remote \"own\"']\n    url = {tmp_path}/own\n"
            f"['remote \"prod\"']\n    url = {tmp_path}/prod\n"
        }
    )
    return checkout


def copy(checkout, remote: str = "prod") -> RemoteCopy:
    with checkout.dvc() as repo:
        tree = WorkTree(repo)
        return copy_to_remote(tree, find_required_objects(tree, checkout.graph()), remote=remote)


def objects(folder) -> dict[str, bytes]:
    return {path.parent.name + path.name: path.read_bytes() for path in folder.rglob("files/md5/*/*")}


def test_objects_of_files_and_folders_are_copied_and_a_second_copy_finds_them(checkout, tmp_path):
    first = copy(checkout)
    held = objects(tmp_path / "prod")

    assert first.checked == first.copied == len(held)
    assert checkout.locked("judge")["outs"][0]["md5"] in held, "the listing of the folder `report`"
    assert copy(checkout) == RemoteCopy(first.checked, 0)
    assert objects(tmp_path / "prod") == held


def test_objects_that_the_other_remote_has_need_not_be_in_the_cache(checkout):
    copy(checkout)
    checkout.cache_object(checkout.locked("draw")["outs"][0]["md5"]).unlink()

    assert copy(checkout).copied == 0


def test_object_that_is_in_no_remote_is_named(checkout):
    checkout.cache_object(checkout.locked("draw")["outs"][0]["md5"]).unlink()

    with pytest.raises(StageError, match=r"'data/rows.txt' .* is not in DVC's cache"):
        copy(checkout)


def test_altered_object_of_the_cache_is_not_copied(checkout, tmp_path):
    md5 = checkout.locked("draw")["outs"][0]["md5"]
    file = checkout.cache_object(md5)
    file.chmod(0o644)
    file.write_bytes(b"evil")

    with pytest.raises(StageError):
        copy(checkout)
    assert md5 not in objects(tmp_path / "prod")


def test_altered_object_of_the_other_remote_is_refused_and_kept(checkout, tmp_path):
    copy(checkout)
    md5 = checkout.locked("draw")["outs"][0]["md5"]
    file = tmp_path / "prod" / "files" / "md5" / md5[:2] / md5[2:]
    file.chmod(0o644)
    file.write_bytes(b"evil")

    with pytest.raises(RemoteError, match="has another hash in the remote"):
        copy(checkout)
    assert file.read_bytes() == b"evil"


def test_object_that_the_other_remote_loses_is_noticed(checkout, monkeypatch):
    monkeypatch.setattr(Remote, "push", lambda *args, **options: None)

    with pytest.raises(RemoteError, match=r"does not have the object .* that was copied to it"):
        copy(checkout)


def test_unknown_remote_is_refused_with_the_closest_one(checkout):
    with pytest.raises(ConfigError, match="no DVC remote 'prd'; did you mean 'prod'"):
        copy(checkout, "prd")
