"""The packages of a project's stages stay, and a lock file that both changed is made again."""

from __future__ import annotations

import pytest

from tests.library.template.template_history import Repository
from trimtab.template import update_project
from trimtab.template.repository import TreeFile
from trimtab.template.shared_files import LOCK, needs_new_lock

PYPROJECT = '[dependency-groups]\nproject = ["example==1"]\n\n[tool]\nlength = 110\nwidth = 1\nheight = 1\n'


@pytest.fixture
def template(template: Repository) -> Repository:
    """A template with packages of its example and a lock file."""
    template.replace(
        "plugins/trimtab/template/ownership.yaml", "[Makefile,", f"[{LOCK}, pyproject.toml, Makefile,"
    )
    template.write({"pyproject.toml": PYPROJECT, LOCK: "example==1\n"})
    template.commit(tag="v1.0.1")
    return template


def test_new_project_has_no_packages_of_the_example(project: Repository) -> None:
    assert "project = []" in project.read("pyproject.toml")


def test_own_packages_stay_and_are_no_divergence(template: Repository, project: Repository) -> None:
    project.replace("pyproject.toml", "project = []", 'project = [\n  "ours",\n]')
    project.write({LOCK: "example==1\nours==1\n"})
    project.commit()
    template.replace("pyproject.toml", "example==1", "example==2")
    template.replace("pyproject.toml", "height = 1", "height = 2")
    template.write({LOCK: "example==2\n"})
    template.commit(tag="v1.1")

    report = update_project(project.root)

    assert (report.conflicts, report.divergences, report.new_lock) == ([], [], True)
    assert project.read("pyproject.toml") == PYPROJECT.replace('["example==1"]', '[\n  "ours",\n]').replace(
        "height = 1", "height = 2"
    )
    assert project.read(LOCK) == "example==2\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("1", "2", "3", True),
        ("1", "2", "2", False),
        ("1", "1", "2", False),
        ("1", "2", "1", False),
        ("1", "", "2", False),
    ],
)
def test_lock_is_made_again_if_both_changed_it(base: str, ours: str, theirs: str, expected: bool) -> None:
    versions = ({LOCK: TreeFile(LOCK, "100644", blob)} if blob else {} for blob in (base, ours, theirs))
    assert needs_new_lock(*versions) is expected
