"""Files that appear whole, or do not appear."""

from __future__ import annotations

import re
import stat
import threading

import pytest
from dvc_objects.fs.utils import tmp_fname

from trimtab.atomic_write import atomic_path, temporary_path, write_text_atomically


def test_temporary_path_has_the_form_by_which_dvc_knows_a_temporary_file(tmp_path):
    ours = [temporary_path(tmp_path).name, temporary_path(tmp_path, prefix="x").name]

    assert [re.sub(r"[\w-]{22}", "…", name) for name in ours] == [
        re.sub(r"[\w-]{22}", "…", name) for name in (tmp_fname(), tmp_fname("x"))
    ]


def test_write_replaces_the_file_and_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "dvc.lock"
    path.write_text("old")

    write_text_atomically(path, "new: é")

    assert path.read_text(encoding="utf-8") == "new: é"
    assert list(tmp_path.iterdir()) == [path]


def test_write_keeps_the_mode_of_the_file_it_replaces(tmp_path):
    path = tmp_path / "dvc.lock"
    path.write_text("old")
    path.chmod(0o640)

    write_text_atomically(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_write_of_a_new_file_has_the_mode_of_any_new_file(tmp_path):
    (tmp_path / "other").touch()

    write_text_atomically(tmp_path / "new", "text")

    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_write_with_a_mode_sets_it(tmp_path):
    write_text_atomically(tmp_path / "new", "text", mode=0o600)

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_block_that_raises_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half() -> None:
        with atomic_path(path) as part:
            part.write_text("half")
            raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write_half()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_path_of_the_caller_is_used(tmp_path):
    temporary = temporary_path(tmp_path, prefix=".trimtab-run-")

    with atomic_path(tmp_path / "file", temporary=temporary) as part:
        part.write_text("text")

    assert part == temporary
    assert temporary.name.startswith(".trimtab-run-")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_lock_is_held_while_the_file_is_replaced_and_free_while_it_is_written(tmp_path):
    lock = threading.Lock()

    with atomic_path(tmp_path / "file", lock=lock) as part:
        assert not lock.locked()
        part.write_text("text")
        lock.acquire()
        threading.Timer(0.2, lock.release).start()

    assert not lock.locked()
    assert (tmp_path / "file").exists()


def test_file_with_the_longest_name_can_be_written(tmp_path):
    path = tmp_path / ("n" * 255)

    write_text_atomically(path, "text")

    assert path.read_text() == "text"
