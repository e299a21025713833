"""A small real git and DVC project, made in the test's own folder."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dvc.repo import Repo
from hypothesis import HealthCheck, settings
from ruamel.yaml import YAML

from tests.library import seaweed
from tests.library.otlp_receiver import Received, otlp_receiver
from trimtab import telemetry
from trimtab.pipeline.execution.plan import Plan, make_plan
from trimtab.pipeline.execution.stage_execution import StageExecution, run_stage
from trimtab.pipeline.git.revision import Revision, pin_revision
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.resolver_process import _answer
from trimtab.pipeline.lock.lock_entry import LockEntry
from trimtab.pipeline.record.record import Record, record_run

# What a shell runs in the background ignores Ctrl-C, and so would everything that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is: no test fails on seconds.
settings.register_profile("no seconds", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no seconds")

# Tests that resolve graphs as users do, in a process of its own. All others save a second for each graph.
WITH_RESOLVER_PROCESS = {
    Path(__file__).parent / "pipeline" / "graph" / f"test_{name}.py"
    for name in ("graph_cache", "project", "resolver_process")
}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Received]:
    """A receiver of OpenTelemetry, and telemetry that is on, as in a process of its own."""
    with otlp_receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.endpoint)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "20000")  # a busy machine loses nothing
        monkeypatch.setattr(telemetry.session, "_current", None)
        telemetry.session._run.set({})
        yield received


ONE_AT_A_TIME = threading.Lock()


@pytest.fixture(autouse=True)
def resolve_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve graphs in this process, but not in end-to-end and slow tests, and in those of the process."""
    marked = any(map(request.node.get_closest_marker, ("e2e", "slow")))
    if not marked and request.path not in WITH_RESOLVER_PROCESS:
        monkeypatch.setattr(Project, "_resolve", lambda self: resolved(self.root, self.home))


def resolved(root: Path, home: Path | None) -> Any:
    """Return the answer of the resolver process, as it is after a round trip through JSON."""
    with ONE_AT_A_TIME:  # it works in its project's folder
        try:
            return json.loads(json.dumps(_answer(root, home)))
        finally:
            gc.enable()


# A chain of four: params only; an output and a file of git; a metric that git keeps; a folder of a gate. No
# command holds a param, so a changed param changes no command.
PIPELINE = {
    ".gitignore": "/data/rows.txt\n/data/clean.txt\n/report\n/judged.txt\n",
    "params.yaml": """\
# What the draw is.
draw:
  rows: 3  # lines, at least 1
  word: flight
judge:
  limit: 0.5
""",
    "data/source.txt": "source\n",
    "dvc.yaml": """\
stages:
  draw:
    desc: Draw the rows.
    cmd: mkdir -p data && grep rows params.yaml > data/rows.txt
    params: [draw.rows]
    outs: [data/rows.txt]
  clean:
    cmd: cat data/rows.txt data/source.txt > data/clean.txt
    deps: [data/rows.txt, data/source.txt]
    outs: [data/clean.txt]
  count:
    cmd: printf '{"bytes":%d}' $(wc -c < data/clean.txt) > metrics.json
    deps: [data/clean.txt]
    metrics:
      - metrics.json: {cache: false}
  judge:
    cmd: mkdir report && (cat metrics.json; echo) > report/report.json && touch judged.txt
    deps: [metrics.json]
    params: [judge.limit]
    outs: [report]
    meta: {trimtab: {gate: model}}
""",
}


@dataclass(frozen=True)
class Run:
    """A whole run of the engine: pin, plan, run, record, as the DAG does it."""

    revision: Revision
    plan: Plan
    executions: Mapping[str, StageExecution]
    record: Record

    @property
    def ran(self) -> list[str]:
        """The stages whose commands ran."""
        return [name for name, execution in self.executions.items() if execution.ran]

    @property
    def entries(self) -> dict[str, LockEntry]:
        """The lock entry of every stage."""
        return {**self.plan.unchanged, **{name: done.entry for name, done in self.executions.items()}}


@dataclass(frozen=True)
class Checkout:
    """A user's checkout of a project; ``root`` is the folder that holds ``.dvc``."""

    root: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, given by their paths below the root."""
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that the file must hold."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        self.write({path: text.replace(old, new)})

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def git(self, *args: str) -> str:
        done = subprocess.run(["git", *args], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, message: str = "Change") -> str:
        """Commit everything and return the commit."""
        self.git("add", "--all")
        self.git(
            "-c",
            "user.name=A User",
            "-c",
            "user.email=user@localhost",
            "commit",
            "-qm",
            message,
            "--allow-empty",
        )
        return self.git("rev-parse", "HEAD")

    def show(self, commit: str, path: str) -> str:
        """Return a file of a commit, to the byte."""
        command = ["git", "show", f"{commit}:./{path}"]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout

    @contextlib.contextmanager
    def dvc(self) -> Iterator[Repo]:
        """Open it with DVC, as a user does who stands in the root folder."""
        with contextlib.chdir(self.root), Repo(str(self.root)) as repo:
            yield repo

    def repro(self, *targets: str) -> list[str]:
        """Run ``dvc repro`` and return the stages that were not up to date, in its order."""
        with self.dvc() as repo:
            return [stage.addressing for stage in repo.reproduce(list(targets) or None)]

    def lock(self) -> str:
        return self.read("dvc.lock")

    def locked(self, stage: str) -> LockEntry:
        """Return a stage's entry in ``dvc.lock``."""
        return YAML(typ="safe", pure=True).load(self.lock())["stages"][stage]

    def graph(self) -> Graph:
        return Project(self.root).graph()

    def plan(self, overrides: Mapping[str, Any] | None = None) -> Plan:
        return make_plan(self.root, pin_revision(self.root, overrides), self.graph())

    def states(self) -> dict[str, str]:
        """What a plan says now, by stage."""
        return {step.stage: step.state for step in self.plan().steps}

    def run_all(
        self, overrides: Mapping[str, Any] | None = None, *, name: str = "dag-run", force: bool = False
    ) -> Run:
        """Do what a DAG run does."""
        graph = self.graph()
        revision = pin_revision(self.root, overrides)
        plan = make_plan(self.root, revision, graph)
        entries = {} if force else dict(plan.unchanged)
        executions = {}
        for step in plan.steps:
            if step.stage not in entries:
                needed = {up: entries[up] for up in graph.upstream(step.stage)}
                done = run_stage(
                    self.root, revision, graph, step.stage, needed, digest=step.digest, force=force
                )
                executions[step.stage], entries[step.stage] = done, done.entry
        return Run(revision, plan, executions, record_run(self.root, revision, graph, entries, name=name))

    def state(self) -> dict[str, str]:
        """What a run may not touch: files outside the stores of git and DVC, and index, branches, HEAD."""
        top = Path(self.git("rev-parse", "--show-toplevel"))
        stores = {".git", "cache", "tmp"}
        own = [
            path
            for path in top.rglob("*")
            if path.is_file() and not stores & set(path.relative_to(top).parts)
        ]
        own += [top / ".git" / name for name in ("index", "HEAD", "config")]
        refs = self.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash")
        return {"refs": refs, **{str(path): path.read_bytes().hex() for path in own}}

    def copy(self, folder: Path) -> Checkout:
        """Copy the whole repository, cache included: what happens in one is not seen in the other."""
        top = Path(self.git("rev-parse", "--show-toplevel"))
        shutil.copytree(top, folder, symlinks=True)
        return Checkout(folder / self.root.relative_to(top))

    def clone(self, folder: Path, commit: str) -> Checkout:
        """Clone it at a commit, sharing the cache, as a colleague on the same machine has it."""
        self.git("clone", "--quiet", "--no-checkout", ".", str(folder))
        other = Checkout(folder)
        other.git("fetch", "--quiet", str(self.root), commit)
        other.git("checkout", "--quiet", "--detach", commit)
        other.write({".dvc/config.local": f"[cache]\n    dir = {self.root}/.dvc/cache\n"})
        return other

    def cache_object(self, md5: str) -> Path:
        return self.root / ".dvc" / "cache" / "files" / "md5" / md5[:2] / md5[2:]


def new_checkout(top: Path, files: Mapping[str, str], *, below: str = ".") -> Checkout:
    """Make a git repository with a DVC project in it, committed."""
    root = top / below
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--template=", "-b", "main", str(top)], check=True)
    with contextlib.chdir(root):
        Repo.init(str(root), subdir=below != ".").close()
    checkout = Checkout(root)
    checkout.write(files)
    checkout.commit("First")
    return checkout


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Keep git and DVC from the machine's and the user's settings; return the folder for temporary files.

    The commands are those of this environment, active or not.
    """
    for name in [name for name in os.environ if name.startswith(("GIT_", "DVC_"))]:
        monkeypatch.delenv(name)
    temp = folder / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    settings = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": folder / "site",
        "DVC_GLOBAL_CONFIG_DIR": folder / "config",
        "DVC_SYSTEM_CONFIG_DIR": folder / "config",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "SHELL": "/bin/sh",
        "XDG_CACHE_HOME": folder / "caches",
        "TMPDIR": temp,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    return temp


@pytest.fixture(scope="session")
def checkouts(tmp_path_factory) -> dict[str, Checkout]:
    """The standard project, as made and after a committed ``dvc repro``; never changed."""
    folder = tmp_path_factory.mktemp("checkouts")
    with pytest.MonkeyPatch.context() as monkeypatch:
        alone(monkeypatch, folder)
        new = new_checkout(folder / "new", PIPELINE)
        ran = new.copy(folder / "ran")
        ran.repro()
        ran.commit("Ran")
    return {"new": new, "ran": ran}


@pytest.fixture
def project(tmp_path, monkeypatch, checkouts) -> Iterator[Callable[..., Checkout]]:
    """Make projects: the standard one or ``files``; ``ran`` after a committed ``dvc repro``."""
    temp = alone(monkeypatch, tmp_path)

    def make(
        files: Mapping[str, str] | None = None,
        *,
        folder: str = "project",
        below: str = ".",
        ran: bool = False,
    ) -> Checkout:
        if files is None and below == ".":
            return checkouts["ran" if ran else "new"].copy(tmp_path / folder)
        checkout = new_checkout(tmp_path / folder, PIPELINE if files is None else files, below=below)
        if ran:
            checkout.repro()
            checkout.commit("Ran")
        return checkout

    yield make
    assert not list(temp.iterdir()), "a sandbox or a temporary file was left behind"


@pytest.fixture(scope="session")
def s3() -> Iterator[seaweed.S3]:
    """A real S3 server."""
    with seaweed.running() as server:
        yield server
