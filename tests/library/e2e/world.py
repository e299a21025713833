"""A clone of this project with its servers, as the end-to-end tests see it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx

from trimtab.local.airflow_api import AirflowApi, Run
from trimtab.local.environment import HOST, environment
from trimtab.local.ports import choose_port
from trimtab.local.servers import LocalServers
from trimtab.local.state_folder import StateFolder
from trimtab.pipeline.git.revision import git, pin_revision

ROOT = Path(__file__).resolve().parents[3]
START, END = date(2013, 6, 1), date(2014, 1, 1)
# Arguments of a task without the pauses of `retrying()`.
AT_ONCE = '"retries": 2, "retry_delay": timedelta(seconds=1), "retry_policy": None'


def midnight(day: date) -> datetime:
    """Return the first moment of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def clone_of_project(folder: Path) -> Path:
    """Clone this project as it is now, changes not yet committed included, without its cache."""
    git(ROOT, "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder))
    git(folder, "checkout", "--quiet", "-B", "main", pin_revision(ROOT).sha)
    git(folder, "config", "user.name", "A User")
    git(folder, "config", "user.email", "user@localhost")
    return folder


def write_project(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a project of git and DVC, and commit it."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "config", "user.name", "A User")
    git(folder, "config", "user.email", "user@localhost")
    run_as_user(folder, "dvc", "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "First")
    return folder


def hurry(project: Path) -> None:
    """Let a clone of the project try again at once, and retrain after two months: tests wait for both."""
    for dag in (project / "dags").rglob("*.py"):
        dag.write_text(dag.read_text().replace("**retrying(),", f"**retrying(), {AT_ONCE},"))
    params = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(re.sub(r"max_age: \d+", "max_age: 2", params))
    git(project, "commit", "--quiet", "--all", "--message", "Hurry")


def run_as_user(folder: Path, *command: str) -> str:
    """Run a command of this environment in a folder, as a user with the environment activated would."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def until(done: Callable[[], object], timeout: float = 60) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.5)


@dataclass
class World:
    """A project with its servers, and what they have posted to a chat."""

    project: Path
    home: StateFolder
    stack: LocalServers
    airflow: AirflowApi
    posted: list[dict[str, Any]] = field(default_factory=list)

    def run(self, dag: str, run_id: str, conf: dict[str, Any] | None = None) -> Run:
        """Trigger a run without a logical date and wait for its end."""
        self.airflow.trigger(dag, run_id, conf=conf)
        return self.wait(dag, run_id)

    def wait(self, dag: str, run_id: str) -> Run:
        return self.airflow.watch(dag, run_id, lambda run: None, alive=self.stack.check, timeout=600)

    def clear(self, run: Run, *tasks: str, downstream: bool = False) -> Run:
        """Clear tasks, as with the button in the UI, and wait for the run's end."""
        self.post(
            f"/dags/{run.dag}/clearTaskInstances",
            dag_run_id=run.id,
            task_ids=tasks,
            dry_run=False,
            only_failed=False,
            include_downstream=downstream,
        )
        return self.wait(run.dag, run.id)

    def get(self, path: str) -> Any:
        answer = httpx.get(f"{self.stack.airflow_url}/api/v2{path}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.stack.airflow_url}/api/v2{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def pause(self, dag: str, paused: bool = True) -> None:
        answer = httpx.patch(
            f"{self.stack.airflow_url}/api/v2/dags/{dag}", json={"is_paused": paused}, timeout=60
        )
        answer.raise_for_status()

    def mlflow(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"{self.stack.mlflow_url}/api/2.0/mlflow/{path}", params=params, timeout=60)
        answer.raise_for_status()
        return answer.json()

    @property
    def versions(self) -> list[dict[str, Any]]:
        """Every registered version, oldest first."""
        found = self.mlflow("model-versions/search", filter="name='flights'").get("model_versions", [])
        return sorted(found, key=lambda version: int(version["version"]))

    @property
    def registered(self) -> list[tuple[str, str]]:
        """Number and MLflow run of every version: what must not change when nothing new is registered."""
        return [(version["version"], version["run_id"]) for version in self.versions]

    @property
    def champion(self) -> str:
        answer = self.mlflow("registered-models/alias", name="flights", alias="champion")
        version: str = answer["model_version"]["version"]
        return version


@contextlib.contextmanager
def guarded(world: World, role: str, **more: str) -> Iterator[httpx.Client]:
    """Run another api-server on the same database, which asks who one is; yield vera's client of it.

    Args:
        world: Whose database.
        role: What vera may do.
        **more: For the server's environment.
    """
    url = f"http://{HOST}:{choose_port('NO_PORT_IS_NAMED', 0)}"
    passwords = world.home.server_state / "passwords.json"
    passwords.write_text(json.dumps({"vera": "vera's own"}))
    env = {
        **environment(world.project, world.home, world.stack.airflow_url, world.stack.mlflow_url),
        **more,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"vera:{role}",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
    }
    command = [Path(sys.executable).parent / "airflow", "api-server", "--host", HOST]
    with (world.home.logs / "guarded.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--port", url.rpartition(":")[2]],
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until(lambda: _answers(url), timeout=120)
        login = httpx.post(f"{url}/auth/token", json={"username": "vera", "password": "vera's own"})
        token = login.json()["access_token"]
        yield httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    finally:
        server.terminate()
        server.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v2/monitor/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def tags(version: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in version.get("tags", [])}
