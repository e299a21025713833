"""`make cluster-test`: the loop on the cluster of processes, with faults; each is right in the end.

``FAULTS_PAGE=docs/faults.md`` writes what was seen into that page.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import mlflow
import psutil
import pytest

from deploy.cluster.cluster import Cluster, running
from deploy.cluster.preparation import write_files
from deploy.cluster.topology import POSTGRES_TOOLS, WORKERS
from tests.library.deploy.cluster_project import MODEL, laptop_lock, make_project
from tests.library.deploy.faults_page import Fault, write_page
from tests.library.registry.fixtures import strong, template  # noqa: F401  fixtures
from trimtab.local.airflow_api import Run
from trimtab.registry import find_champion
from trimtab.registry.ledger import Ledger
from trimtab.registry.tracking import connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.cluster,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        not POSTGRES_TOOLS or not shutil.which("redis-server"),
        reason="needs PostgreSQL and Redis: `apt-get install postgresql redis-server`",
    ),
]
RUN_TIMEOUT = 900  # seconds


@dataclass
class Loop:
    """Runs of the loop on the cluster.

    Attributes:
        cluster: The cluster.
        project: The checkout that it runs.
        undisturbed: Seconds of a run without a fault.
        faults: What was seen so far.
    """

    cluster: Cluster
    project: Path
    undisturbed: float = 0
    faults: list[Fault] = field(default_factory=list)
    contents: int = 0

    def start(self, *, seconds: int = 1) -> tuple[str, dict[str, int]]:
        """Trigger a run of a content that no other run has."""
        self.contents += 1
        train = {"c": self.contents, "seconds": seconds}
        run_id = f"content-{self.contents}"
        conf = {f"train.{name}": value for name, value in train.items()}
        self.cluster.airflow().trigger("training", run_id, conf=conf)
        return run_id, train

    def state(self, run_id: str, task: str) -> str | None:
        return self.cluster.airflow().run("training", run_id).tasks.get(task)

    def wait_for(self, run_id: str, task: str, *states: str) -> None:
        self.cluster.wait(f"{task} {states}", lambda: self.state(run_id, task) in states, RUN_TIMEOUT)

    def finish(self, run_id: str, train: dict[str, int], folder: Path) -> Run:
        """Wait until a run is done, and require all that a user relies on."""
        found: list[Run] = []

        def is_done() -> bool:
            found[:] = [self.cluster.airflow().run("training", run_id)]
            return found[0].state in ("success", "failed")

        self.cluster.wait(run_id, is_done, RUN_TIMEOUT)
        assert found[0].state == "success", {task: self.log(found[0], task) for task in found[0].failed_tasks}
        self.require_whole(found[0], train, folder)
        return found[0]

    def log(self, run: Run, task: str) -> str:
        return self.cluster.airflow().log(run, task)

    def require_whole(self, run: Run, train: dict[str, int], folder: Path) -> None:
        """One version for a content, a whole ledger, the lock of a laptop, no orphan, no sandbox."""
        with connection() as client:
            versions = client.search_model_versions(f"name = '{MODEL}'")
            keys = [version.tags["trimtab.key"] for version in versions]
            assert len(keys) == len(set(keys)), "a content was registered twice"
            assert Ledger.read(client, MODEL).problems == ()
            assert find_champion(MODEL) is not None
            (version,) = (v for v in versions if v.tags["trimtab.dag_run"] == f"training/{run.id}")
            stored = Path(client.download_artifacts(version.run_id, "dvc.lock", str(folder))).read_text()
        assert stored == laptop_lock(self.project, folder / "laptop", **train)
        # What a killed worker left is cleaned up in seconds.
        self.cluster.wait("The clean-up", lambda: not (orphans(self.cluster) or sandboxes(self.cluster)), 30)

    def tries(self, run: Run) -> str:
        """Say which tasks were tried again, and with which error the first try ended."""
        api, said = self.cluster.airflow(), []
        for task in run.tasks:
            path = f"/dags/training/dagRuns/{run.id}/taskInstances/{task}"
            number = api.get(path).json()["try_number"]
            if number > 1:
                text = api.get(f"{path}/logs/1?full_content=true").text
                error = re.findall(r'"exc_value":\s*"([^"\\]+)', text)
                said.append(f"`{task}`: try {number}" + (f', after "{error[-1]}"' if error else ""))
        return "; ".join(said) or "nothing"


def say(text: str) -> None:
    """Show progress under ``pytest -s``."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def orphans(cluster: Cluster) -> list[str]:
    """Return the commands of stages that no task waits for: processes in a sandbox."""
    found = []
    for process in psutil.process_iter(["pid", "cwd", "cmdline"]):
        cwd = process.info["cwd"] or ""
        if any(cwd.startswith(str(cluster.values.host(host) / "tmp") + "/") for host in WORKERS):
            found.append(f"{process.info['pid']}: {process.info['cmdline']}")
    return found


def sandboxes(cluster: Cluster) -> list[Path]:
    """Return what sandboxes were left on the workers."""
    return [path for host in WORKERS for path in (cluster.values.host(host) / "tmp").glob("trimtab-*")]


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory, template) -> Iterator[Loop]:  # noqa: F811
    project = make_project(tmp_path_factory.mktemp("cluster") / "project", template)
    folder = Path(tempfile.mkdtemp(prefix="tt-", dir="/var/tmp"))
    folder.chmod(0o755)  # PostgreSQL runs as another user
    try:
        with running(folder, project, say) as cluster, pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_URI", cluster.values.url("mlflow"))
            patch.setenv("MLFLOW_TRACKING_USERNAME", "airflow")
            patch.setenv("MLFLOW_TRACKING_PASSWORD", cluster.values.secrets["MLFLOW_WORKER_PASSWORD"])
            mlflow.set_tracking_uri(cluster.values.url("mlflow"))
            cluster.airflow().wait_for_dag("training", 300)
            made = Loop(cluster, project)
            yield made
            if page := os.environ.get("FAULTS_PAGE"):
                write_page(Path(page), made.undisturbed, made.faults)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def undisturbed(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> float:
    """The seconds of a run without a fault."""
    begin = time.monotonic()
    run_id, train = loop.start()
    loop.finish(run_id, train, tmp_path_factory.mktemp("undisturbed"))
    loop.undisturbed = time.monotonic() - begin
    say(f"undisturbed: {loop.undisturbed:.0f} s")
    return loop.undisturbed


def worker_of_stage(loop: Loop) -> str:
    """Return the worker on which the command of a stage waits."""
    found: list[str] = []

    def look() -> bool:
        for process in psutil.process_iter(["cwd", "name"]):
            for host in WORKERS:
                inside = (process.info["cwd"] or "").startswith(str(loop.cluster.values.host(host) / "tmp"))
                if inside and process.info["name"] == "sleep":
                    found.append(host)
        return bool(found)

    loop.cluster.wait("The command of the stage", look, RUN_TIMEOUT)
    return found[0]


def kill(loop: Loop, name: str) -> None:
    """Kill a program of Python with its children of Python; what they have started is theirs to clean up."""
    process = psutil.Process(loop.cluster.supervisor.pid(name))
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            if Path(each.exe()).name.startswith("python"):
                each.kill()


def away(loop: Loop, name: str, seconds: float) -> None:
    """Stop a server for a while."""
    loop.cluster.supervisor.stop(name)
    time.sleep(seconds)
    loop.cluster.supervisor.start(name)


def mute(loop: Loop, name: str, seconds: float) -> None:
    """Let a server accept connections for a while, and never answer."""
    process = psutil.Process(loop.cluster.supervisor.pid(name))
    process.suspend()
    time.sleep(seconds)
    process.resume()


def lose_worker(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "train", "running")
    kill(loop, worker_of_stage(loop))


def lose_node(loop: Loop, run_id: str) -> None:
    """Kill a worker, and empty its disk: its cache, its clones, its sandboxes."""
    loop.wait_for(run_id, "train", "running")
    worker = worker_of_stage(loop)
    kill(loop, worker)
    loop.cluster.supervisor.stop(worker)
    shutil.rmtree(loop.cluster.values.host(worker))
    write_files(loop.cluster.values, loop.project)
    loop.cluster.supervisor.start(worker)


def stop_s3(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "plan", "running", "success")
    away(loop, "s3", 60)


def mute_s3(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "plan", "running", "success")
    mute(loop, "s3", 60)


def stop_mlflow(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "record", "queued", "running", "success")
    away(loop, "mlflow", 90)


def lose_redis(loop: Loop, run_id: str) -> None:
    """Lose a message that no worker has taken: the workers hang while it is queued."""
    workers = [psutil.Process(loop.cluster.supervisor.pid(name)) for name in WORKERS]
    for worker in workers:
        worker.suspend()
    loop.wait_for(run_id, "plan", "queued")
    time.sleep(2)  # until the scheduler has sent it
    psutil.Process(loop.cluster.supervisor.pid("redis")).kill()
    for worker in workers:
        worker.resume()


def restart_postgres(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "train", "running")
    worker_of_stage(loop)
    psutil.Process(loop.cluster.supervisor.pid("postgres")).send_signal(signal.SIGINT)


def lose_scheduler(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "plan", "queued", "running", "success")
    kill(loop, "scheduler-1")


def stop_api_server(loop: Loop, run_id: str) -> None:
    loop.wait_for(run_id, "train", "running")
    worker_of_stage(loop)
    away(loop, "api-server", 60)


def hide_repository(loop: Loop, run_id: str) -> None:
    """Take the git repository of the bundle away, from workers that have no clone yet too."""
    repository = loop.cluster.values.repository
    repository.rename(repository.with_suffix(".away"))
    for worker in WORKERS:
        shutil.rmtree(loop.cluster.values.host(worker) / "bundles", ignore_errors=True)
    time.sleep(60)
    repository.with_suffix(".away").rename(repository)


FAULTS: dict[str, tuple[Callable[[Loop, str], None], int]] = {  # with the seconds that `train` takes
    "worker killed in `train`": (lose_worker, 20),
    "S3 away for 60 s": (stop_s3, 1),
    "S3 accepts connections and does not answer for 60 s": (mute_s3, 1),
    "MLflow away for 90 s at `register`": (stop_mlflow, 1),
    "Redis lost with a message queued": (lose_redis, 1),
    "PostgreSQL restarted in `train`": (restart_postgres, 20),
    "one of two schedulers killed": (lose_scheduler, 1),
    "a node lost in `train`, its disk too": (lose_node, 20),
    "api-server away for 60 s in `train`": (stop_api_server, 90),
    "git repository of the bundle away for 60 s": (hide_repository, 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_run_with_a_fault_has_the_result_of_a_laptop(loop: Loop, undisturbed, tmp_path, name: str) -> None:
    inject, seconds = FAULTS[name]
    begin = time.monotonic()
    run_id, train = loop.start(seconds=seconds)
    inject(loop, run_id)
    run = loop.finish(run_id, train, tmp_path)
    lost = time.monotonic() - begin - undisturbed - (seconds - 1)
    loop.faults.append(Fault(name, loop.tries(run), max(lost, 0)))
    say(str(loop.faults[-1]))


def test_person_may_do_what_the_role_allows(loop: Loop) -> None:
    viewer, user = loop.cluster.airflow("viewer"), loop.cluster.airflow("user")
    assert viewer.get("/dags/training").status_code == httpx.codes.OK
    with pytest.raises(Exception, match="403"):
        viewer.trigger("training", "by-a-viewer")
    user.trigger("training", "by-a-user", conf={"train.c": 1})
    anonymous = httpx.get(f"{loop.cluster.values.url('airflow')}/api/v2/dags")
    assert anonymous.status_code == httpx.codes.UNAUTHORIZED
