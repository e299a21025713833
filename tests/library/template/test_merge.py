"""The merge takes edits along with moved files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.library.template.template_history import Repository
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template import merge as module
from trimtab.template.merge import Merge, merge
from trimtab.template.repository import TemplateRepository, clone_template

TEXT = "".join(f"line {number}\n" for number in range(20))
EDITED = TEXT.replace("line 15\n", "ours\n")
Texts = Mapping[str, str]


@pytest.fixture
def repository(template: Repository) -> Iterator[TemplateRepository]:
    with clone_template(str(template.root)) as repository:
        yield repository


@pytest.fixture
def merged(repository: TemplateRepository) -> Callable[[Texts, Texts, Texts], tuple[Merge, Texts]]:
    """Merge texts, and return the merge with the texts of its files."""

    def run(*versions: Texts) -> tuple[Merge, Texts]:
        stored = ([repository.write_file(path, text) for path, text in texts.items()] for texts in versions)
        result = merge(repository, *stored, label="template-v2")  # type: ignore[call-arg]
        return result, {
            path: git(repository.folder, "cat-file", "blob", file.blob, strip=False)
            for path, file in result.files.items()
        }

    return run


def test_edit_follows_a_file_that_the_template_moved(
    merged: Callable[[Texts, Texts, Texts], tuple[Merge, Texts]],
) -> None:
    result, texts = merged({"old.py": TEXT}, {"old.py": EDITED}, {"new.py": TEXT})

    assert (result.conflicts, texts) == ({}, {"new.py": EDITED})


def test_new_file_stays_where_the_template_has_it_if_the_project_moved_its_folder(
    merged: Callable[[Texts, Texts, Texts], tuple[Merge, Texts]],
) -> None:
    base = {"docs/a.md": TEXT, "docs/b.md": EDITED}
    moved = {path.replace("docs", "pages"): text for path, text in base.items()}

    result, texts = merged(base, moved, {**base, "docs/c.md": "new\n"})

    assert (result.conflicts, set(texts)) == ({}, {"pages/a.md", "pages/b.md", "docs/c.md"})


def test_same_path_added_by_both_is_a_conflict_without_a_base(
    merged: Callable[[Texts, Texts, Texts], tuple[Merge, Texts]],
) -> None:
    result, texts = merged({}, {"a.md": "ours\n"}, {"a.md": "theirs\n"})

    assert {path: set(versions) for path, versions in result.conflicts.items()} == {"a.md": {"2", "3"}}
    assert texts["a.md"] == "<<<<<<< your-project\nours\n=======\ntheirs\n>>>>>>> template-v2\n"


def test_tag_of_the_template_with_the_name_of_a_side_is_not_merged(
    template: Repository, merged: Callable[[Texts, Texts, Texts], tuple[Merge, Texts]]
) -> None:
    for name in ("your-project", "template-v2"):
        git(template.root, "tag", name)

    assert merged({}, {"a.md": "ours\n"}, {"b.md": "theirs\n"})[1] == {"a.md": "ours\n", "b.md": "theirs\n"}


def test_old_git_is_refused_with_the_version_to_install(
    repository: TemplateRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OLDEST_GIT", (99, 1))

    with pytest.raises(ProjectError, match=r"(?s)git is too old.*install git 99\.1"):
        merge(repository, [], [], [], label="template-v2")
