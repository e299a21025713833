"""Machines that share nothing but a git repository and a DVC remote, on this one.

A host is a process with a clone, a home, a cache and a folder for temporary files of its own. It is told what
to do, and answers, in JSON, as Airflow's tasks are.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.pipeline.lock.lock_entry import LockEntry

if TYPE_CHECKING:
    from tests.library.conftest import Checkout


class HostError(Exception):
    """What was raised on a host."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


@dataclass
class Host:
    """A machine."""

    name: str
    checkout: Checkout
    env: Mapping[str, str]
    process: subprocess.Popen[str]

    def ask(self, what: str, **values: Any) -> Any:
        """Have it do something and return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, values]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline(), object_pairs_hook=_as_in_postgresql)
        if "error" in answer:
            raise HostError(*answer["error"])
        return answer["value"]

    def command(self, *command: str) -> str:
        """Run a command there, as a user who stands in the project."""
        done = subprocess.run(
            command, cwd=self.checkout.root, env=dict(self.env), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def stop(self) -> None:
        self.process.communicate(timeout=20)
        left = list(Path(self.env["TMPDIR"]).iterdir())
        assert not left, f"{self.name} left {left}"


@dataclass(frozen=True)
class SharedRun:
    """A run whose tasks landed on several hosts."""

    plan: dict[str, Any]
    ran: Mapping[str, str]  # stage to host, of those whose commands ran
    entries: Mapping[str, LockEntry]
    record: dict[str, str]


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a host, with folders of its own for all that is kept anywhere."""
    home, temp = folder / "home", folder / "tmp"
    for made in (home, temp):
        made.mkdir(parents=True)
    keep = {name: os.environ[name] for name in ("LANG", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    return {
        **keep,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(temp),
        "SHELL": "/bin/sh",
        "HOST": folder.name,
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder / "site"),
        "GIT_CONFIG_NOSYSTEM": "1",
        **more,
    }


def _as_in_postgresql(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Order keys as `jsonb` does, in which Airflow keeps what tasks tell each other."""
    return dict(sorted(pairs, key=lambda pair: (len(pair[0]), pair[0])))


@contextlib.contextmanager
def host(name: str, origin: Checkout, folder: Path, settings: str, more: Mapping[str, str]) -> Iterator[Host]:
    """Start a host.

    Args:
        name: What it is called.
        origin: The project, which it clones.
        folder: What is its own is below.
        settings: For its ``.dvc/config.local``.
        more: For its environment.
    """
    env = environment(folder / name, more)
    root = folder / name / "project"
    subprocess.run(["git", "clone", "--quiet", str(origin.root), str(root)], check=True)
    checkout = type(origin)(root)
    checkout.write({".dvc/config.local": settings})
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("host_process.py"))],
        cwd=root,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
    )
    machine = Host(name, checkout, env, process)
    try:
        yield machine
    finally:
        machine.stop()


def run_on(
    hosts: Sequence[Host],
    overrides: Mapping[str, Any] | None = None,
    *,
    name: str = "dag-run",
    force: Collection[str] = (),
    push_to: str | None = None,
) -> SharedRun:
    """Do what a DAG run does: plan on the first host, stages on each in turn, record on the last."""
    revision = hosts[0].ask("pin", overrides=overrides or {})
    planned = hosts[0].ask("plan", revision=revision, force=list(force))
    entries, ran = dict(planned["entries"]), {}
    steps = [step for step in planned["plan"]["steps"] if step["state"] == "run"]
    for turn, step in enumerate(steps, 1):
        machine = hosts[turn % len(hosts)]
        done = machine.ask(
            "stage",
            revision=revision,
            name=step["stage"],
            entries=entries,
            digest=step["digest"],
            force=step["stage"] in force,
        )
        entries[step["stage"]] = done["entry"]
        if done["ran"]:
            ran[step["stage"]] = machine.name
    record = hosts[-1].ask("record", revision=revision, entries=entries, name=name, push_to=push_to)
    return SharedRun(planned["plan"], ran, entries, record)
