"""The inputs of a resolved graph."""

from __future__ import annotations

from trimtab.pipeline.graph.graph_inputs import (
    cached_file_hash,
    file_hash,
    find_dvc_files,
    git_exclude_files,
    ignore_patterns,
)


def test_file_hash_of_a_file_that_does_not_exist_is_empty(tmp_path):
    assert file_hash(tmp_path / "gone") == ""


def test_file_hash_of_a_config_file_ignores_the_settings_of_the_cache(tmp_path):
    config = tmp_path / ".dvc" / "config"
    config.parent.mkdir()
    config.write_text("[core]\n    no_scm = true\n")
    before = file_hash(config)

    config.write_text("[cache]\n    dir = /srv\n[core]\n    remote = r\n    no_scm = true\n")
    assert file_hash(config) == before
    config.write_text("[core]\n    no_scm = false\n")
    assert file_hash(config) != before


def test_cached_file_hash_reads_a_file_once(tmp_path):
    file = tmp_path / "dvc.yaml"
    file.write_text("a")
    cached = cached_file_hash()
    before = cached(file)
    file.write_text("b")

    assert cached(file) == before != file_hash(file)


def test_find_dvc_files_skips_folders_and_internal_folders(tmp_path):
    for path in (
        "dvc.yaml",
        "a/x.dvc",
        "a/.gitignore",
        "skip/dvc.yaml",
        ".git/dvc.yaml",
        "sub/.dvc/config",
        "b.txt",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()

    found, searched = find_dvc_files(tmp_path, ["skip"])

    assert found == {"dvc.yaml", "a/x.dvc", "a/.gitignore", "sub/.dvc"}
    assert searched == 9


def test_git_exclude_files_are_above_the_root_and_in_git(tmp_path):
    (tmp_path / ".git").mkdir()
    root = tmp_path / "project"
    root.mkdir()

    assert git_exclude_files(tmp_path) == [".git/info/exclude"]
    assert git_exclude_files(root) == ["../.gitignore", "../.git/info/exclude"]


def test_ignore_patterns_leave_out_comments_and_empty_lines(tmp_path):
    (tmp_path / ".gitignore").write_text("# comment\n\n/a\n*.tmp\n")

    assert ignore_patterns(tmp_path / ".gitignore") == ["/a", "*.tmp"]
    assert ignore_patterns(tmp_path / "gone") == []
