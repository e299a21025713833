"""A real Airflow whose tasks land on two hosts that share nothing but its database and DVC's remote."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.library.e2e.cluster import HOSTS, POSTGRES, Cluster, running
from tests.library.e2e.world import run_as_user
from trimtab.local.airflow_api import Run
from trimtab.pipeline.git.revision import git

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.xdist_group("two_hosts"),  # whose servers start once
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL, as in Debian's package `postgresql`"),
]

PARTS = range(8)
FILES = {
    ".gitignore": "/*.out\n/parts-*\n/__pycache__\n",
    "params.yaml": "draw: {rows: 3}\n",
    "note.txt": "a note\n",
    # Each stage says where it ran; what it makes does not depend on that.
    "seen.sh": 'echo "$HOST $DVC_STAGE $(hostname) $$" >> "$SEEN"; sleep 1\n',
    "dvc.yaml": """\
stages:
  draw:
    cmd: sh seen.sh && grep rows params.yaml > draw.out
    params: [draw.rows]
    deps: [seen.sh]
    outs: [draw.out]
  part:
    foreach: [PARTS]
    do:
      cmd: sh seen.sh && mkdir -p parts-${item}/deep && seq ${item}000 > parts-${item}/a &&
        cat draw.out note.txt > parts-${item}/deep/b
      deps: [draw.out, note.txt]
      outs: ["parts-${item}"]
  count:
    foreach: [PARTS]
    do:
      cmd: sh seen.sh && cat parts-${item}/a parts-${item}/deep/b | wc -c > count-${item}.txt
      deps: ["parts-${item}"]
      metrics: ["count-${item}.txt": {cache: false}]
  join:
    cmd: sh seen.sh && cat count-*.txt > join.out
    deps: [COUNTS]
    outs: [join.out]
""".replace("PARTS", ", ".join(map(str, PARTS))).replace(
        "COUNTS", ", ".join(f"count-{n}.txt" for n in PARTS)
    ),
    # What follows the record may land on a host that did not make it.
    "dags/pipeline.py": """\
import os
import time
from datetime import timedelta
from pathlib import Path

from airflow.sdk import get_current_context, task

from trimtab.airflow import DvcDag

PROJECT = Path(__file__).resolve().parents[1]


@task(trigger_rule="none_failed")
def read_back(number: int) -> list[str]:
    from trimtab.airflow.operators.upstream_tasks import pull_record
    from trimtab.pipeline.record.recorded_files import open_recorded_outputs

    time.sleep(1)
    context = get_current_context()
    record = pull_record(context["task"], context, PROJECT)
    with open_recorded_outputs(PROJECT, record.commit, lambda graph: ["join.out"]) as (folder, _):
        return [os.environ["HOST"], (folder / "join.out").read_text()]


@task
def gather(read: list[list[str]]) -> list[list[str]]:
    return list(read)


with DvcDag(
    "pipeline",
    project=PROJECT,
    push_to="ORIGIN",
    default_args={"retries": 3, "retry_delay": timedelta(seconds=1)},
) as dag:
    read = read_back.expand(number=list(range(12)))
    dag.record >> read
    gather(read)
""",
}
STAGES = 2 + 2 * len(PARTS)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Path:
    """Where stages say on which host they ran."""
    return tmp_path_factory.mktemp("seen") / "seen"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, s3, seen: Path) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("two-hosts")
    project = folder / "project"
    for path, text in FILES.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("ORIGIN", str(project)))
    git(project, "init", "--quiet", "-b", "main")
    git(project, "config", "user.name", "A User")
    git(project, "config", "user.email", "user@localhost")
    run_as_user(project, "dvc", "init", "--quiet")
    run_as_user(project, "dvc", "remote", "add", "--default", "shared", f"{s3.bucket}/{uuid4().hex}")
    run_as_user(project, "dvc", "remote", "modify", "shared", "endpointurl", s3.endpoint)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "First")
    with running(folder / "hosts", project, {**s3.credentials, "SEEN": str(seen)}) as made:
        made.airflow.wait_for_dag("pipeline")
        yield made


def run(cluster: Cluster, run_id: str, conf: dict[str, object]) -> Run:
    cluster.airflow.trigger("pipeline", run_id, conf=conf)
    return finish(cluster, run_id)


def finish(cluster: Cluster, run_id: str) -> Run:
    return cluster.airflow.watch("pipeline", run_id, lambda run: None, alive=cluster.check, timeout=600)


def ran_on(seen: Path) -> Counter[str]:
    """How many stages have run on each host since the last look."""
    lines = seen.read_text().splitlines() if seen.exists() else []
    seen.unlink(missing_ok=True)
    return Counter(line.split()[0] for line in lines)


def lock_of(cluster: Cluster, done: Run) -> str:
    """The lock that the record of a run holds, in the repository it was pushed to."""
    commit = cluster.airflow.xcom(done, "record")["commit"]
    return git(cluster.project, "show", f"{commit}:dvc.lock", strip=False)


def expected(cluster: Cluster, folder: Path, rows: int) -> str:
    """What `dvc repro` writes, in a clone of its own."""
    git(cluster.project, "clone", "--quiet", str(cluster.project), str(folder))
    params = folder / "params.yaml"
    params.write_text(params.read_text().replace("rows: 3", f"rows: {rows}"))
    env = {**cluster.environment("alone"), "SEEN": "/dev/null"}
    subprocess.run(["dvc", "repro", "--quiet"], cwd=folder, env=env, check=True)
    return (folder / "dvc.lock").read_text()


def assert_nothing_is_left(cluster: Cluster) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        left = [path for host in HOSTS for path in (cluster.host(host) / "tmp").glob("trimtab-*")]
        orphans = [process for process in psutil.process_iter() if is_of_a_stage(process, cluster)]
        if not left and not orphans:
            return
        time.sleep(0.5)
    raise AssertionError(f"left: {left}, {orphans}")


def is_of_a_stage(process: psutil.Process, cluster: Cluster) -> bool:
    try:
        return process.environ().get("DVC_ROOT", "").startswith(str(cluster.folder))
    except psutil.Error:
        return False


def test_tasks_on_two_hosts_give_the_lock_of_dvc_repro(cluster: Cluster, seen: Path, tmp_path: Path) -> None:
    done = run(cluster, "first", {"draw.rows": 5})
    assert done.state == "success"
    hosts = ran_on(seen)
    assert set(hosts) == set(HOSTS), "all stages ran on one host"
    assert hosts.total() == STAGES
    lock = lock_of(cluster, done)
    assert lock == expected(cluster, tmp_path / "alone", 5)
    read = cluster.airflow.xcom(done, "gather")
    for turn in range(5):  # which host takes a task is luck
        if {host for host, _ in read} == set(HOSTS):
            break
        read += cluster.airflow.xcom(run(cluster, f"again-{turn}", {"draw.rows": 5}), "gather")
    assert {host for host, _ in read} == set(HOSTS), "what follows the record ran on one host"
    assert len({text for _, text in read}) == 1

    third = tmp_path / "third"
    commit = cluster.airflow.xcom(done, "record")["commit"]
    git(cluster.project, "clone", "--quiet", "--no-checkout", str(cluster.project), str(third))
    git(third, "fetch", "--quiet", "origin", "refs/exps/*:refs/exps/*")
    git(third, "checkout", "--quiet", "--detach", commit)
    env = {**cluster.environment("third"), "SEEN": str(seen)}
    subprocess.run(["dvc", "pull", "--quiet"], cwd=third, env=env, check=True)
    told = subprocess.run(["dvc", "repro"], cwd=third, env=env, check=True, capture_output=True, text=True)
    assert "up to date" in told.stdout
    assert not seen.exists()


def test_nothing_runs_again_whatever_host_it_ran_on(cluster: Cluster, seen: Path) -> None:
    run(cluster, "before", {"draw.rows": 5})
    ran_on(seen)
    again = run(cluster, "again", {"draw.rows": 5})
    assert again.state == "success"
    assert ran_on(seen).total() == 0


def test_a_killed_scheduler_and_killed_tasks_change_nothing(
    cluster: Cluster, seen: Path, tmp_path: Path
) -> None:
    cluster.airflow.trigger("pipeline", "killed", conf={"draw.rows": 9})
    for _ in range(3):
        kill_a_task(cluster)
    cluster.kill("scheduler-one")
    time.sleep(5)
    cluster.start_scheduler("one")
    done = finish(cluster, "killed")
    assert done.state == "success", cluster.tail("scheduler-two")
    assert lock_of(cluster, done) == expected(cluster, tmp_path / "alone", 9)
    assert_nothing_is_left(cluster)
    shutil.rmtree(tmp_path / "alone")


def kill_a_task(cluster: Cluster) -> None:
    """SIGKILL for the process that runs a stage, once it does."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for process in psutil.process_iter():
            if is_of_a_stage(process, cluster):
                with contextlib.suppress(psutil.Error):
                    while is_of_a_stage(process, cluster):
                        process = process.parent()
                    process.kill()
                    return time.sleep(1)
    raise AssertionError("no stage runs")
