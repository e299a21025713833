"""Fixtures of the tests of the packages that the commands call."""

from __future__ import annotations

from tests.library.pipeline.conftest import as_dvc  # noqa: F401  fixtures
from tests.library.registry.fixtures import *  # noqa: F403  fixtures
