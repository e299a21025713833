"""A real MLflow server, and a DVC project with a model to register."""

from __future__ import annotations

import pytest

from tests.registry.fixtures import (  # noqa: F401  fixtures
    Made,
    aliases,
    assert_nothing_registered,
    checkout,
    client,
    closed_port,
    contenders,
    database,
    environment,
    made_project,
    published,
    record,
    runs,
    server,
    strong,
    strong_again,
    template,
    weak,
)


@pytest.fixture
def project(made_project: Made) -> Made:  # noqa: F811
    """A copy of the project; its model has the name of the test."""
    return made_project
