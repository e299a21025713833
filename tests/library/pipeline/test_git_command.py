"""The git command line."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.git_command import git


@pytest.fixture
def root(tmp_path):
    git(tmp_path, "init", "--quiet")
    return tmp_path


def test_git_returns_its_output_without_white_space_unless_asked_to_keep_it(root):
    assert git(root, "rev-parse", "--is-inside-work-tree") == "true"
    assert git(root, "rev-parse", "--is-inside-work-tree", strip=False) == "true\n"


def test_git_reads_text_from_standard_input(root):
    assert git(root, "hash-object", "--stdin", text="") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_git_that_fails_is_refused_with_its_reason(root):
    with pytest.raises(ProjectError, match="`git rev-parse` failed: fatal"):
        git(root, "rev-parse", "--verify", "no-such")


def test_git_with_an_exit_code_that_is_accepted_returns_its_output(root):
    assert git(root, "config", "--get", "no.such", accept=(0, 1)) == ""


def test_git_outside_of_a_repository_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="in no git repository") as refusal:
        git(tmp_path, "status", env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})

    assert "git init" in refusal.value.fix


def test_git_ignores_variables_that_bind_it_to_another_repository(root, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))

    assert git(root, "rev-parse", "--show-toplevel") == str(root)
