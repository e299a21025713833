"""The pinned revision of a run."""

from __future__ import annotations

import shutil

import pytest

from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.git.revision import Revision, git, pin_revision


def changed(checkout, commit: str) -> set[str]:
    """Return the paths in which a commit differs from HEAD."""
    return set(checkout.git("diff", "--name-only", "HEAD", commit).split())


def test_clean_checkout_is_pinned_to_its_head(project):
    checkout = project()
    head = checkout.git("rev-parse", "HEAD")

    assert pin_revision(checkout.root) == Revision(head, head, dirty=False, overrides={})
    assert checkout.git("for-each-ref", "refs/trimtab") == ""


def test_pinning_a_clean_read_only_checkout_writes_nothing(project, tmp_path):
    copy = project().copy(tmp_path / "copy")  # with other file times than git's index has

    def written():
        return {path: path.stat().st_mtime_ns for path in (copy.root / ".git").rglob("*")}

    before = written()

    assert not pin_revision(copy.root).dirty
    assert written() == before


def test_snapshot_has_every_kind_of_change(project):
    checkout = project()
    checkout.write({"kept.txt": "kept", "gone.txt": "gone", "also gone.txt": "gone"})
    checkout.commit()
    checkout.edit("data/source.txt", "source", "changed")
    checkout.write({"untracked/über uns.txt": "new", "staged.txt": "staged"})
    checkout.git("add", "staged.txt")
    checkout.edit("staged.txt", "staged", "staged, then changed")
    (checkout.root / "gone.txt").unlink()
    checkout.git("rm", "--quiet", "also gone.txt")

    revision = pin_revision(checkout.root)

    assert revision.dirty
    assert revision.baseline == checkout.git("rev-parse", "HEAD") != revision.sha
    assert checkout.git("rev-parse", f"{revision.sha}^") == revision.baseline
    assert checkout.show(revision.sha, "data/source.txt") == "changed\n"
    assert checkout.show(revision.sha, "untracked/über uns.txt") == "new"
    assert checkout.show(revision.sha, "staged.txt") == "staged, then changed"
    files = checkout.git("ls-tree", "-r", "--name-only", revision.sha).splitlines()
    assert "kept.txt" in files
    assert not {"gone.txt", "also gone.txt"} & set(files)


def test_snapshot_changes_no_branch_index_or_file(project):
    checkout = project()
    checkout.edit("data/source.txt", "source", "changed")
    checkout.write({"staged.txt": "staged", "untracked.txt": "untracked"})
    checkout.git("add", "staged.txt")
    before, log = checkout.state(), checkout.git("reflog")

    pin_revision(checkout.root, {"draw.rows": 7})

    assert checkout.state() == before
    assert checkout.git("reflog") == log
    status = "M data/source.txt A staged.txt ?? untracked.txt"
    assert checkout.git("status", "--porcelain").split() == status.split()


def test_snapshot_has_no_ignored_files(project):
    checkout = project(ran=True)
    checkout.write({"new.txt": "new", ".gitignore": checkout.read(".gitignore") + "secret\n", "secret": "s"})

    revision = pin_revision(checkout.root)

    assert changed(checkout, revision.sha) == {"new.txt", ".gitignore"}


def test_snapshot_has_no_secret_files_though_git_does_not_ignore_them(project):
    checkout = project(ran=True)
    checkout.write(
        {".dvc/.gitignore": "/tmp\n/cache\n", ".dvc/config.local": "s", ".env": "s", "a/.env": "s"}
    )

    revision = pin_revision(checkout.root)

    assert changed(checkout, revision.sha) == {".dvc/.gitignore"}


def test_snapshot_of_the_same_content_is_the_same_commit(project):
    checkout = project()
    checkout.edit("data/source.txt", "source", "changed")

    first, second = (
        pin_revision(checkout.root, {"draw.rows": 7}),
        pin_revision(checkout.root, {"draw.rows": 7}),
    )

    assert first == second
    assert pin_revision(checkout.root).sha != first.sha


def test_snapshot_survives_the_garbage_collection_of_git(project):
    checkout = project()
    checkout.edit("data/source.txt", "source", "changed")
    revision = pin_revision(checkout.root)

    checkout.git("gc", "--quiet", "--prune=now")

    assert checkout.show(revision.sha, "data/source.txt") == "changed\n"


def test_snapshot_with_overrides_changes_nothing_else_of_the_params_file(project):
    checkout = project()

    revision = pin_revision(checkout.root, {"judge.limit": 0.7, "draw.rows": 7})

    assert changed(checkout, revision.sha) == {"params.yaml"}
    expected = checkout.read("params.yaml").replace("rows: 3", "rows: 7").replace("0.5", "0.7")
    assert checkout.show(revision.sha, "params.yaml") == expected
    assert (revision.dirty, revision.overrides) == (False, {"draw.rows": 7, "judge.limit": 0.7})


def test_overrides_that_equal_params_yaml_create_no_snapshot(project):
    checkout = project()

    revision = pin_revision(checkout.root, {"draw.rows": 3})

    assert revision.sha == revision.baseline
    assert revision.overrides == {}


def test_overrides_are_set_in_the_changed_params_file_of_a_dirty_checkout(project):
    checkout = project()
    checkout.edit("params.yaml", "flight", "train")

    revision = pin_revision(checkout.root, {"draw.rows": 7})

    assert revision.dirty
    text = checkout.show(revision.sha, "params.yaml")
    assert "rows: 7 " in text
    assert "word: train" in text


def test_invalid_overrides_create_no_snapshot(project):
    checkout = project()

    with pytest.raises(ConfigError):
        pin_revision(checkout.root, {"draw.rows": "many"})

    assert checkout.git("for-each-ref", "refs/trimtab") == ""


def test_project_in_a_folder_of_a_repository_is_pinned(project):
    checkout = project(folder="all of it", below="ml/flüge")
    top = checkout.root.parents[1]
    (top / "library.py").write_text("x = 1\n")

    revision = pin_revision(checkout.root, {"draw.rows": 7})

    assert changed(checkout, revision.sha) >= {"library.py"}
    assert "rows: 7 " in git(top, "show", f"{revision.sha}:ml/flüge/params.yaml")


def test_checkout_without_git_is_refused(project):
    checkout = project()
    shutil.rmtree(checkout.root / ".git")

    with pytest.raises(ProjectError, match="in no git repository") as refusal:
        pin_revision(checkout.root)

    assert "git init" in refusal.value.fix


def test_repository_without_a_commit_is_refused(project):
    checkout = project()
    shutil.rmtree(checkout.root / ".git")
    checkout.git("init", "--quiet")

    with pytest.raises(ProjectError, match="no commit yet"):
        pin_revision(checkout.root)


def test_machine_without_git_is_refused(project, monkeypatch):
    checkout = project()
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ProjectError, match="git is not installed"):
        pin_revision(checkout.root)


def test_variables_of_a_git_hook_do_not_change_the_pinned_repository(project, monkeypatch):
    checkout, other = project(), project(folder="other")
    checkout.edit("data/source.txt", "source", "changed")
    before = other.state()
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))

    revision = pin_revision(checkout.root)

    monkeypatch.undo()
    assert checkout.show(revision.sha, "data/source.txt") == "changed\n"
    assert other.state() == before


def test_repository_of_another_user_is_refused_with_the_command_of_git(project, monkeypatch):
    checkout = project()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("LANGUAGE", "de")

    with pytest.raises(ProjectError, match="belongs to another user") as refusal:
        pin_revision(checkout.root)

    assert f"git config --global --add safe.directory {checkout.root}" in refusal.value.fix
