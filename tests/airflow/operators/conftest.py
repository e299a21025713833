"""The fixtures of the registry's tests: a real MLflow server, and a DVC project with a model to register."""

from __future__ import annotations

from tests.registry.fixtures import *  # noqa: F403  fixtures
