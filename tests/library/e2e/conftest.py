"""The real thing, started once: a clone of this project, Airflow, MLflow, and the main job played on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from rich.console import Console

from tests.library.e2e.small import Told, make_project
from tests.library.e2e.world import END, START, World, clone_of_project, hurry, midnight, until
from tests.library.receivers import mailbox, webhook
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.loop import Loop, LoopDags
from trimtab.local.servers import running_servers
from trimtab.local.state_folder import StateFolder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The servers, on a clone of the project."""
    project = clone_of_project(tmp_path_factory.mktemp("e2e") / "project")
    hurry(project)
    console = Console(stderr=True)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        posted, hook = stack.enter_context(webhook())
        environment.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        environment.setenv("TRIMTAB_ALERTS", "chat")
        home = stack.enter_context(StateFolder(project))
        servers = stack.enter_context(running_servers(project, home, console))
        environment.undo()
        yield World(project, home, servers, AirflowApi(servers.airflow_url), posted)


@pytest.fixture(scope="session")
def played(world: World) -> Loop:
    """The main job, as `make run` plays it."""
    dags = LoopDags(training="training", drift_check="drift_check")
    loop = Loop(world.stack, world.home, Console(stderr=True, width=120), dags)
    loop.run(midnight(START), midnight(END))
    return loop


@pytest.fixture(scope="session")
def told() -> Iterator[Told]:
    """Receivers of alerts, of which the servers of the small project know."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        mails, mail = stack.enter_context(mailbox())
        posted, hook = stack.enter_context(webhook())
        environment.setenv("AIRFLOW_CONN_MAIL", json.dumps(mail))
        environment.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        environment.setenv("TRIMTAB_ALERTS", "mail,chat")
        yield Told(mails, posted)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, told: Told) -> Iterator[World]:
    """The servers on the small project, which has run once."""
    project = make_project(tmp_path_factory.mktemp("tasks") / "small")
    console = Console(stderr=True)
    with StateFolder(project) as home, running_servers(project, home, console) as stack:
        world = World(project, home, stack, AirflowApi(stack.airflow_url))
        until(lambda: len(world.get("/dags")["dags"]) == 10)
        for dag in ("small", "slow", "groups", "consumer", "gates", "verdicts"):
            world.airflow.wait_for_dag(dag)
        first = world.run("small", "first")
        assert first.state == "success"
        yield world
