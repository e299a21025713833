"""A real MLflow server, and a DVC project with a model to register."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import *  # noqa: F403  fixtures
from tests.library.registry.fixtures import Made
from tests.library.registry.key_pairs import KeyPair


@pytest.fixture
def project(made_project: Made) -> Made:
    """A copy of the project; its model has the name of the test."""
    return made_project


@pytest.fixture(scope="session")
def ours(tmp_path_factory) -> KeyPair:
    return KeyPair.make(tmp_path_factory.mktemp("keys"), "release")


@pytest.fixture(scope="session")
def theirs(tmp_path_factory) -> KeyPair:
    return KeyPair.make(tmp_path_factory.mktemp("keys"), "other", curve="P-384")
