"""The probe of a folder."""

from __future__ import annotations

from trimtab.doctor.probe_file import probe_folder


def test_probe_of_a_folder_leaves_nothing(tmp_path):
    assert probe_folder(tmp_path / "new" / "deep") == ""
    assert list(tmp_path.iterdir()) == []


def test_probe_keeps_what_was_there(tmp_path):
    (tmp_path / "mine").write_text("mine")
    assert probe_folder(tmp_path) == ""
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_folder_that_is_a_file_is_named_with_the_reason(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "File exists" in probe_folder(tmp_path / "file")
