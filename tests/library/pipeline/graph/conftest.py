"""Fixtures of a project whose graph is cached."""

from __future__ import annotations

from tests.library.pipeline.graph.cached_project import dvc_cannot_run, resolved  # noqa: F401  fixtures
