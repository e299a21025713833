"""``dvc.lock``, read and written, compared with DVC. More comparisons are in test_local_run.py."""

from __future__ import annotations

import os
import stat
from datetime import date
from pathlib import Path

import pytest
from dvc.utils.serialize import YAMLFileCorruptedError, dumps_yaml, modify_yaml

from trimtab.pipeline.lock.lock_file import MAX_PARSED_FILES, LockFile
from trimtab.pipeline.lock.lock_yaml import HEAD

ENTRY = {"cmd": "true", "outs": [{"path": "a.txt", "hash": "md5", "md5": "0" * 32, "size": 1}]}
PARAMS = {
    "day": date(2013, 1, 1),
    "by number": {0: "no", 1: "yes"},
    "rate": 1e-3,
    "none": None,
    "many": "a\nb\n",
}
SHARED = [1, 2]
TEXTS = {
    "as DVC writes it": HEAD + "  a:\n    cmd: 'true'\n",
    "nothing": "",
    "comments": "# By hand.\nschema: '2.0'\nstages:\n  # The first.\n  a:\n    cmd: 'true' # Really.\n\n  b: {cmd: [x, y]}\n",
    "another indentation": "schema: '2.0'\nstages:\n    a:\n        cmd: 'true'\n        deps:\n        -   path: x\n",
    "aliases": "schema: '2.0'\nstages:\n  b:\n    cmd: &same x\n  c:\n    cmd: *same\n",
    "datasets": "schema: '2.0'\nstages:\n  b:\n    cmd: x\ndatasets:\n- name: far\n",
    "no stages": "schema: '2.0'\n",
    "stages of nothing": "schema: '2.0'\nstages:\n",
    "long lines": HEAD + "  b:\n    cmd: " + "word " * 30 + "end\n",
}


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache" / "locks"


@pytest.mark.parametrize("params", [{}, PARAMS, {"a": SHARED, "b": SHARED}], ids=["none", "many", "shared"])
@pytest.mark.parametrize("text", TEXTS)
def test_lock_file_is_written_as_dvc_writes_it(tmp_path, cache, text, params):
    ours, theirs = tmp_path / "dvc.lock", tmp_path / "theirs"
    entries = {name: {**ENTRY, "params": {"params.yaml": params}} for name in ("b", "new")}
    for path in (ours, theirs):
        path.write_text(TEXTS[text])
    for name, entry in entries.items():
        with modify_yaml(str(theirs)) as data:
            data.setdefault("schema", "2.0")
            data["stages"] = data.get("stages") or {}
            data["stages"].update({name: entry})

    LockFile.read(ours, cache=cache).with_entries(entries, cache=cache).write(ours)

    assert ours.read_text() == theirs.read_text()
    assert LockFile.read(ours, cache=cache) == LockFile.read(ours, cache=tmp_path / "another cache")


@pytest.mark.parametrize("damage", [b"", b"\0", b"{", b"[]", b"null"])
def test_lock_file_with_a_corrupt_cache_is_parsed_again(tmp_path, cache, damage):
    lock = tmp_path / "dvc.lock"
    lock.write_text(HEAD + "  a:\n    cmd: 'true'\n")
    LockFile.read(lock, cache=cache)
    for path in cache.iterdir():
        path.write_bytes(damage)

    assert LockFile.read(lock, cache=cache).stages == {"a": {"cmd": "true"}}


def test_lock_file_with_a_cache_that_cannot_be_written_is_parsed_again(tmp_path):
    lock = tmp_path / "dvc.lock"
    lock.write_text(dumps_yaml({"schema": "2.0", "stages": {"a": ENTRY}}))
    (tmp_path / "file").touch()

    for _ in range(2):
        assert LockFile.read(lock, cache=tmp_path / "file" / "locks").stages == {"a": ENTRY}


def test_lock_file_with_values_that_json_does_not_know_is_not_cached(tmp_path, cache):
    lock = tmp_path / "dvc.lock"
    lock.write_text(dumps_yaml({"schema": "2.0", "stages": {"a": {**ENTRY, "params": {"p": PARAMS}}}}))

    for _ in range(2):
        assert LockFile.read(lock, cache=cache).stages["a"]["params"]["p"] == PARAMS


def test_lock_file_cache_keeps_the_newest_files(tmp_path, cache):
    lock = tmp_path / "dvc.lock"
    for number in range(MAX_PARSED_FILES + 5):
        lock.write_text(f"{HEAD}  a:\n    cmd: echo {number}\n")
        assert LockFile.read(lock, cache=cache).stages["a"]["cmd"] == f"echo {number}"

    assert len(list(cache.iterdir())) == MAX_PARSED_FILES


def test_lock_file_keeps_its_mode_and_a_new_one_follows_the_umask(tmp_path, cache):
    old, new = tmp_path / "dvc.lock", tmp_path / "new.lock"
    old.write_text("")
    old.chmod(0o640)
    mask = os.umask(0o027)
    try:
        for path in (old, new):
            LockFile.read(path, cache=cache).with_entries({"a": ENTRY}, cache=cache).write(path)
    finally:
        os.umask(mask)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o640, 0o640]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "dvc.lock", "new.lock"]


def test_lock_file_that_is_no_yaml_is_refused_as_by_dvc(tmp_path, cache):
    lock = tmp_path / "dvc.lock"
    lock.write_text("stages: [")

    with pytest.raises(YAMLFileCorruptedError):
        LockFile.read(lock, cache=cache)
