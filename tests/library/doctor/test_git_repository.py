"""The check of git."""

from __future__ import annotations

import subprocess

import pytest

from trimtab.doctor.git_repository import check_git
from trimtab.errors import ProjectError


def test_repository_without_identity_is_a_warning(project):
    found = {each.check: each for each in check_git(project().root)}

    assert found["git"].status == "ok"
    assert found["git identity"].status == "warning"


def test_shallow_clone_is_a_warning(project, tmp_path):
    checkout = project()
    checkout.commit("Second")
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{checkout.root}", str(tmp_path / "shallow")], check=True
    )

    found = {each.check: each for each in check_git(tmp_path / "shallow")}

    assert (found["git history"].status, found["git history"].fix) == ("warning", "`git fetch --unshallow`")


def test_repository_without_a_commit_is_an_error(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    assert [each.status for each in check_git(tmp_path)] == ["error"]


def test_folder_without_a_repository_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(ProjectError, match="in no git repository"):
        list(check_git(tmp_path))
