"""Transfer of contents between the cache and the remotes."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from trimtab import telemetry
from trimtab.errors import RemoteError
from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.cache.cache_objects import CacheObjects
from trimtab.pipeline.cache.remote_transfer import RemoteTransfer
from trimtab.pipeline.cache.remotes import Remotes
from trimtab.pipeline.cache.stored_contents import StoredContents


@pytest.fixture
def transferred(project, tmp_path):
    """A file and a folder in the cache, a remote that is a folder, and the transfer between them."""
    remote = tmp_path / "remote"
    checkout = project({".dvc/config": f"[core]\n    remote = r\n['remote \"r\"']\n    url = {remote}\n"})
    checkout.write({"file": "one\n", "folder/a": "one\n", "folder/b": "two\n"})
    with checkout.dvc() as repo:
        put = {name: DvcCache(repo).put(checkout.root / name) for name in ("file", "folder")}
        kinds = {
            legacy: CacheObjects(repo, legacy=legacy, intact=repo.state, disposable=False)
            for legacy in (False, True)
        }
        stored = StoredContents(kinds)
        yield SimpleNamespace(
            transfer=RemoteTransfer(Remotes(repo), stored),
            stored=stored,
            remote=remote / "files" / "md5",
            cache=checkout.root / ".dvc" / "cache" / "files" / "md5",
            **put,
        )


def objects(folder) -> set[str]:
    return {"".join(path.parts[-2:]) for path in folder.rglob("*") if path.is_file()}


def test_push_brings_every_object_and_the_listing_to_the_remote(transferred):
    transferred.transfer.push([transferred.file, transferred.folder])

    assert objects(transferred.remote) == objects(transferred.cache)
    assert transferred.folder["md5"] in objects(transferred.remote)


def test_push_of_nothing_and_push_without_a_remote_do_nothing(transferred, project):
    transferred.transfer.push([])
    with project({"dvc.yaml": ""}, folder="without").dvc() as repo:
        RemoteTransfer(Remotes(repo), transferred.stored).push([transferred.file])

    assert not transferred.remote.exists()


def test_fetch_restores_a_folder_that_the_cache_lost(transferred):
    transferred.transfer.push([transferred.folder])
    before = objects(transferred.cache)
    shutil.rmtree(transferred.cache)

    assert transferred.transfer.fetch(transferred.folder)
    assert objects(transferred.cache) == before
    assert not transferred.stored.is_missing(transferred.folder)


def test_fetch_of_a_content_that_the_remote_lacks_returns_false(transferred):
    shutil.rmtree(transferred.cache)

    assert not transferred.transfer.fetch(transferred.folder)
    assert not transferred.transfer.fetch({"hash": "md5", "md5": "0" * 32})


def test_listing_alone_is_fetched_to_ask_whether_the_remote_has_a_folder(transferred):
    transferred.transfer.push([transferred.folder])
    shutil.rmtree(transferred.cache)

    assert transferred.transfer.is_in_remote(transferred.folder)
    assert objects(transferred.cache) == {transferred.folder["md5"]}


def test_folder_of_which_the_remote_lacks_a_file_is_not_in_the_remote(transferred):
    transferred.transfer.push([transferred.folder])
    oid = transferred.stored.files(transferred.folder)["b"]
    (transferred.remote / oid[:2] / oid[2:]).unlink()
    shutil.rmtree(transferred.cache)

    assert transferred.transfer.fetch_listing(transferred.folder)
    assert not transferred.transfer.is_in_remote(transferred.folder)
    assert not transferred.transfer.fetch(transferred.folder)


def test_collector_receives_the_bytes_that_were_moved_and_the_errors(transferred, collector):
    transferred.transfer.push([transferred.file, transferred.folder])
    transferred.transfer.push([transferred.file, transferred.folder])  # it is there already
    pushed = sum(path.stat().st_size for path in transferred.remote.rglob("*") if path.is_file())
    shutil.rmtree(transferred.cache)
    transferred.transfer.fetch(transferred.file)
    shutil.rmtree(transferred.cache)
    md5 = transferred.file["md5"]
    altered = transferred.remote / md5[:2] / md5[2:]
    altered.chmod(0o600)
    altered.write_text("altered\n")
    with pytest.raises(RemoteError):
        transferred.transfer.fetch(transferred.file)
    telemetry.flush()

    moved = collector.values("trimtab.remote.io", "trimtab.remote", "network.io.direction")
    assert moved == {("r", "transmit"): pushed, ("r", "receive"): 4}
    assert collector.values("trimtab.remote.errors", "trimtab.remote", "error.type") == {
        ("r", "RemoteError"): 1
    }
