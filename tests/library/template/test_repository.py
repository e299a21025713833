"""The clone of the template finds versions, and stores files that a project can fetch."""

from __future__ import annotations

import pytest

from tests.library.template.template_history import Repository
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template.repository import clone_template


def test_newest_release_is_the_default_version_and_pre_releases_are_not(template: Repository) -> None:
    newest = template.commit(tag="v1.10")
    template.commit(tag="v1.2.0")
    template.commit(tag="v2.0rc1")

    with clone_template(str(template.root)) as repository:
        assert repository.find_version(None) == newest
        assert repository.find_version("v2.0rc1") == repository.find_version("main") == template.head


def test_template_without_releases_has_its_head_as_default_version(template: Repository) -> None:
    git(template.root, "tag", "--delete", "v1.0")

    with clone_template(str(template.root)) as repository:
        assert repository.find_version(None) == template.head
        assert template.head.startswith(repository.describe(template.head))


def test_template_that_is_no_repository_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        pytest.raises(ProjectError, match="`git clone` failed"),
        clone_template(str(tmp_path_factory.mktemp("empty"))),
    ):
        pass


def test_sent_commit_changes_no_branch_and_no_tag_of_the_project(
    template: Repository, project: Repository
) -> None:
    before = git(project.root, "for-each-ref")
    with clone_template(str(template.root), project=project.root) as repository:
        sent = repository.write_commit([repository.write_file("a/b.txt", "text\n")])
        repository.send(sent, project.root)

    assert git(project.root, "show", f"{sent}:a/b.txt") == "text"
    assert git(project.root, "for-each-ref") == before
