"""Airflow reads its home when it is first imported; skops, imported later, would set off its warnings."""

import os
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
import skops.io  # noqa: F401  before Airflow

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """A folder whose name no other test has: DAG runs are named after it, and share a database."""
    unique = tmp_path / uuid4().hex
    unique.mkdir()
    return unique
