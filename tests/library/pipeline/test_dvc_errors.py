"""Errors of DVC and of the disk, raised as errors of this library."""

from __future__ import annotations

import errno

import pytest
from dvc.exceptions import DvcException

from trimtab.errors import StageError
from trimtab.pipeline.dvc_errors import is_disk_error, reason, refusals


def test_reason_has_the_message_of_each_cause_once():
    inner = ValueError("inner")
    middle, outer = ValueError("inner"), DvcException("outer")
    middle.__cause__, outer.__cause__ = inner, middle
    assert reason(outer) == "outer\ninner"


def test_dvc_error_is_raised_as_the_given_class_with_its_reason():
    message = r"DVC refuses: no such remote[\s\S]*stage 'a'[\s\S]*try b"
    with pytest.raises(StageError, match=message), refusals(StageError, where="stage 'a'", fix="try b"):
        raise DvcException("no such remote")


def test_dangling_link_is_named_with_its_target(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("nowhere")
    with pytest.raises(StageError, match="link → nowhere"), refusals(StageError, where="here"):
        link.read_text()


def test_full_disk_is_raised_as_the_given_class():
    with pytest.raises(StageError, match="No space left: x"), refusals(StageError, where="here"):
        raise OSError(errno.ENOSPC, "No space left", "x")


def test_missing_file_that_is_no_link_is_raised_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError), refusals(StageError, where="here"):
        (tmp_path / "none").read_text()


@pytest.mark.parametrize(
    ("err", "expected"),
    [
        (OSError(errno.EROFS, "Read-only file system"), True),
        (PermissionError(errno.EACCES, "Permission denied", "/file"), True),
        (PermissionError("Access Denied"), False),
        (ValueError("No space left"), False),
    ],
    ids=["read-only", "file without permission", "remote without permission", "another error"],
)
def test_disk_error_is_told_from_the_error_of_a_remote(err, expected):
    assert is_disk_error(err) is expected
