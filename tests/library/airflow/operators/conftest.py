"""A real MLflow server, a project with a model to register, and a DAG that promotes it."""

from __future__ import annotations

from tests.library.airflow.operators.promotions import dag, posted  # noqa: F401  fixtures
from tests.library.registry.fixtures import *  # noqa: F403  fixtures
