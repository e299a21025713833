"""Airflow reads its home when it is first imported; skops, imported later, would set off its warnings."""

import os
import tempfile

import skops.io  # noqa: F401  before Airflow

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
