"""The fixtures of the registry's tests: a real MLflow server, and a DVC project with a model to register."""

from __future__ import annotations

from tests.registry.fixtures import (  # noqa: F401  fixtures
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
