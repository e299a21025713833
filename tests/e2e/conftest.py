"""The real thing, started once: a clone of this project, Airflow, MLflow, and the main job played on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.console import Console
from world import END, START, World, clone_of_project

from trimtab.local.airflow_api import AirflowApi
from trimtab.local.home import Home
from trimtab.local.loop import Loop
from trimtab.local.stack import running


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The servers, on a clone of the project."""
    project = clone_of_project(tmp_path_factory.mktemp("e2e") / "project")
    console = Console(stderr=True)
    with Home(project) as home, running(project, home, console) as stack:
        yield World(project, home, stack, AirflowApi(stack.airflow_url))


@pytest.fixture(scope="session")
def played(world: World) -> Loop:
    """The main job, as `make run` plays it."""
    loop = Loop(world.stack, world.home, Console(stderr=True, width=120))
    loop.play(START, END)
    return loop
