"""A version that the tests only look at."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def published(server, template, tmp_path_factory):
    """A version that the tests only look at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        return template.copy(tmp_path_factory.mktemp("publish"), "published").publish()
