"""Fixtures of the tests of the packages that the commands call."""

from __future__ import annotations

from tests.pipeline.conftest import as_dvc, in_process  # noqa: F401  fixtures
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
