"""A small template and projects that were made from its first version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.template.template_history import Repository, clone, small_template
from trimtab.template import create_project


@pytest.fixture
def template(tmp_path: Path) -> Repository:
    """A template of a few files, at v1.0."""
    return small_template(tmp_path / "template")


@pytest.fixture
def project(template: Repository, tmp_path: Path) -> Repository:
    """A project that `trimtab new` made from v1.0."""
    root = tmp_path / "project"
    create_project(root, template=str(template.root))
    return Repository(root)


@pytest.fixture
def cloned(template: Repository, tmp_path: Path) -> Repository:
    """A project that is a clone of v1.0."""
    return clone(template, tmp_path / "cloned")
