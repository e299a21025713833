"""Fixtures of the tests of the packages that the commands call."""

from __future__ import annotations

from tests.pipeline.conftest import as_dvc  # noqa: F401  fixtures
from tests.registry.fixtures import *  # noqa: F403  fixtures
