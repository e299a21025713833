"""The record file says which version of the template a project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.errors import ProjectError
from trimtab.template.record import RECORD_FILE, TemplateRecord, read_record


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = TemplateRecord("https://git.example.com/a: #b.git", "0123", "1.10")
    (tmp_path / RECORD_FILE).write_text(record.to_yaml())

    assert read_record(tmp_path) == record


def test_project_without_a_record_file_has_no_record(tmp_path: Path) -> None:
    assert read_record(tmp_path) is None


def test_record_without_a_commit_is_refused(tmp_path: Path) -> None:
    (tmp_path / RECORD_FILE).write_text("source: here\ncommit:\nversion: 1.0\n")

    with pytest.raises(ProjectError, match="lacks text for: commit, version"):
        read_record(tmp_path)
