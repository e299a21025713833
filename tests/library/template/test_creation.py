"""A new project has the files of the template, without the example and without what is upstream's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.template.template_history import Repository, init
from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.git import git
from trimtab.template import create_project
from trimtab.template.record import TemplateRecord, read_record

ROOT = Path(__file__).resolve().parents[3]


def files_of(project: Repository) -> set[str]:
    return set(git(project.root, "ls-files").splitlines())


def test_project_has_the_files_of_the_template_without_example_and_upstream_files(
    project: Repository,
) -> None:
    assert files_of(project) == {
        ".trimtab.yaml",
        "Makefile",
        "README.md",
        "docs/gates.md",
        "plugins/trimtab/old.py",
        "plugins/trimtab/template/ownership.yaml",
        "plugins/trimtab/template/project/README.md",
        "tests/pipelines/__init__.py",
    }
    assert project.read("README.md") == "a new project\n"


def test_project_from_the_example_has_it_as_it_is_and_no_upstream_file(
    template: Repository, tmp_path: Path
) -> None:
    create_project(tmp_path / "new", template=str(template.root), example="flights")

    project = Repository(tmp_path / "new")
    kept = files_of(project)
    example = {path for path in files_of(template) if "flights" in path}
    assert example
    assert example <= kept
    assert not any(path.startswith(("tests/library", "benchmarks")) for path in kept)
    assert project.status == []


def test_project_from_an_unknown_example_is_refused_with_the_closest_name(
    template: Repository, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="no example 'flight'; did you mean 'flights'"):
        create_project(tmp_path / "new", template=str(template.root), example="flight")


def test_project_is_a_clean_repository_with_one_commit(project: Repository) -> None:
    assert project.status == []
    assert git(project.root, "log", "--format=%s") == "Start from version v1.0 of the template"


def test_project_records_the_release_it_was_made_from(template: Repository, tmp_path: Path) -> None:
    release = template.head
    template.replace("docs/gates.md", "gates", "not released")
    template.commit()

    create_project(tmp_path / "new", template=str(template.root))

    assert read_record(tmp_path / "new") == TemplateRecord(str(template.root), release, "v1.0")


def test_project_records_the_address_that_the_template_was_cloned_from(
    template: Repository, tmp_path: Path
) -> None:
    git(template.root, "remote", "add", "origin", "https://git.example.com/trimtab.git")

    create_project(tmp_path / "new", template=str(template.root))

    record = read_record(tmp_path / "new")
    assert record
    assert record.source == "https://git.example.com/trimtab.git"


def test_project_is_made_in_an_empty_repository(template: Repository, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")

    create_project(tmp_path / "empty", template=str(template.root))

    assert Repository(tmp_path / "empty").status == []


def test_project_is_refused_in_a_folder_with_a_file(template: Repository, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()

    with pytest.raises(ProjectError, match=r"The folder is not empty: it has 'notes\.txt'"):
        create_project(tmp_path / "full", template=str(template.root))

    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]


def test_project_is_refused_in_a_repository_with_commits(template: Repository, tmp_path: Path) -> None:
    init(tmp_path / "used", {})

    with pytest.raises(ProjectError, match="is a git repository with commits"):
        create_project(tmp_path / "used", template=str(template.root))


def test_nothing_is_left_if_the_template_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="`git clone` failed"):
        create_project(tmp_path / "new", template=str(tmp_path / "missing"))

    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_project_of_this_library_has_no_example_and_nothing_of_upstream(tmp_path: Path) -> None:
    create_project(tmp_path / "new")

    files = files_of(Repository(tmp_path / "new"))
    assert not [path for path in files if "flights" in path and not path.startswith(("plugins/", "docs/"))]
    assert not [path for path in files if path.startswith(("benchmarks/", "tests/library/"))]
    assert {"Makefile", "pyproject.toml", "requirements.lock", "plugins/trimtab/errors.py"} <= files
