"""A full or read-only disk and a corrupt cache: an error, then the right result after a retry."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trimtab.errors import TrimtabError
from trimtab.pipeline.cache.cache import MissingObjectError

if TYPE_CHECKING:
    from tests.library.conftest import Checkout

PIPELINE = {
    ".gitignore": "/rows.txt\n/parts\n/all.txt\n",
    "params.yaml": "rows: 1\nall: 1\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: seq 300000 > rows.txt
    params: [rows]
    outs: [rows.txt]
  split:
    cmd: mkdir parts && split -l 100000 rows.txt parts/p
    deps: [rows.txt]
    outs: [parts]
  join:
    cmd: cat parts/* > all.txt
    deps: [rows.txt, parts]
    params: [all]
    outs: [all.txt]
""",
}
Disk = Callable[..., Path]

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mount small disks. A second call with the same name resizes the disk or makes it read-only."""
    mounted: list[Path] = []

    def make(name: str, *, size: str = "1m", read_only: bool = False) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        options = f"size={size},{'ro' if read_only else 'rw'}{',remount' if folder in mounted else ''}"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("only who may mount a file system can make a small one")
        mounted.append(folder)
        return folder

    yield make
    for folder in set(mounted):
        subprocess.run(["umount", str(folder)], check=True)


def expected(checkout: Checkout) -> str:
    other = checkout.copy(checkout.root.parent / "undisturbed")
    (other.root / ".dvc" / "config.local").unlink(missing_ok=True)
    other.repro()
    return other.lock()


def assert_recovers(checkout: Checkout, lock: str) -> None:
    run = checkout.run_all(name="recovered")
    assert checkout.show(run.record.commit, "dvc.lock") == lock


@pytest.mark.parametrize("size", ["16k", "256k", "1m", "3m"])
def test_full_disk_of_the_sandbox_is_an_error_and_the_next_run_succeeds(
    project, disk: Disk, monkeypatch, size: str
) -> None:
    checkout = project(PIPELINE)
    lock = expected(checkout)
    temp = disk("sandboxes", size=size)
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setenv("TMPDIR", str(temp))
    with pytest.raises(TrimtabError):
        checkout.run_all()
    assert not list(temp.iterdir())
    disk("sandboxes", size="100m")
    assert_recovers(checkout, lock)


@pytest.mark.parametrize("size", ["64k", "1m", "3m"])
def test_full_disk_of_the_cache_is_an_error_and_the_next_run_succeeds(project, disk: Disk, size: str) -> None:
    checkout = project(PIPELINE)
    lock = expected(checkout)
    cache = disk("cache", size=size)
    checkout.write({".dvc/config.local": f"[cache]\n    dir = {cache}\n"})
    with pytest.raises(TrimtabError, match="No space left"):
        checkout.run_all()
    assert not [path for path in cache.rglob("*.tmp") if path.is_file()]
    disk("cache", size="100m")
    assert_recovers(checkout, lock)


def test_full_disk_of_the_cache_is_an_error_of_a_local_run(project, disk: Disk) -> None:
    checkout = project(PIPELINE)
    lock = expected(checkout)
    cache = disk("cache", size="1m")
    checkout.write({".dvc/config.local": f"[cache]\n    dir = {cache}\n"})
    done = subprocess.run(["trimtab", "run"], cwd=checkout.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    disk("cache", size="100m")
    subprocess.run(["trimtab", "run"], cwd=checkout.root, check=True)
    assert checkout.lock() == lock


def test_read_only_cache_is_read_and_refuses_new_objects(project, disk: Disk) -> None:
    checkout = project(PIPELINE)
    cache = disk("cache", size="100m")
    checkout.write({".dvc/config.local": f"[cache]\n    dir = {cache}\n"})
    checkout.repro()
    checkout.commit()
    lock = checkout.lock()
    disk("cache", size="100m", read_only=True)
    assert_recovers(checkout, lock)
    with pytest.raises(TrimtabError, match="Read-only"):
        checkout.run_all({"rows": 2})
    disk("cache", size="100m")
    assert set(checkout.run_all({"rows": 2}).ran) >= {"draw"}


def _of_file(checkout: Checkout) -> Path:
    return checkout.cache_object(checkout.locked("draw")["outs"][0]["md5"])


def _of_listing(checkout: Checkout) -> Path:
    return checkout.cache_object(checkout.locked("split")["outs"][0]["md5"])


def _of_member(checkout: Checkout) -> Path:
    return checkout.cache_object(json.loads(_of_listing(checkout).read_text())[1]["md5"])


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _changed(content: bytes) -> bytes:
    return content[:-2] + b"?" + content[-1:]


def _emptied(content: bytes) -> bytes:
    return b""


def _other_json(content: bytes) -> bytes:
    return b'{"md5": 1}'


@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("how", [_cut, _changed, _emptied, _other_json])
@pytest.mark.parametrize("what", [_of_file, _of_member, _of_listing])
def test_corrupt_object_is_made_again(project, what, how, protected: bool) -> None:
    checkout = project(PIPELINE, ran=True)
    other = checkout.copy(checkout.root.parent / "undisturbed")
    other.edit("params.yaml", "all: 1", "all: 2")
    other.repro()
    path = what(checkout)
    path.chmod(0o644)
    path.write_bytes(how(path.read_bytes()))
    if protected:
        path.chmod(0o444)
    for file in ("rows.txt", "parts", "all.txt"):  # the checkout's own
        remove = shutil.rmtree if (checkout.root / file).is_dir() else os.unlink
        remove(checkout.root / file)
    with contextlib.suppress(MissingObjectError):  # found where it is needed; the next run makes it again
        checkout.run_all({"all": 2}, name="first")
    run = checkout.run_all({"all": 2}, name="second")
    assert checkout.show(run.record.commit, "dvc.lock") == other.lock()
    outs = [out for entry in run.entries.values() for out in entry["outs"]]
    assert all(checkout.cache_object(out["md5"]).exists() for out in outs)
