"""The sandbox of a stage of a past run, opened again for a person, before its commands run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.diagnosis.environment_changes import environment_changes
from trimtab.diagnosis.past_run import PastRun
from trimtab.errors import ProjectError, StageError, closest
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import (
    check_out_inputs,
    check_out_persistent_outputs,
    current_environment,
    graph_in,
    remove_outputs,
    sandbox,
    stage_variables,
)
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import LockEntry

DEFAULT_SHELL = "/bin/sh"


@dataclass(frozen=True)
class StageSandbox:
    """The opened sandbox of a stage.

    Attributes:
        root: The project's root in the sandbox.
        folder: The working directory of the stage.
        stage: The stage, as ``dvc.yaml`` of the commit has it.
        env: The environment of its commands.
        differences: What of this machine's environment differs from that of the run, one line each.
    """

    root: Path
    folder: Path
    stage: Stage
    env: Mapping[str, str]
    differences: Sequence[str] = ()


@contextlib.contextmanager
def open_stage(root: Path, run: PastRun, name: str, *, keep: bool = False) -> Iterator[StageSandbox]:
    """Open the sandbox of a stage as it was before its commands ran.

    Code and params are those of the pinned commit, inputs are checked out by hash. Files are copies, and
    DVC's cache in it is an empty one of its own: what a person changes there changes neither cache nor
    checkout.

    Args:
        root: The project's root.
        run: The run.
        name: The stage, in DVC's addressing.
        keep: Keep the files when the sandbox is closed.

    Raises:
        ProjectError: The run has no such stage, or its commit is not in the repository.
        StageError: An upstream stage has no result, or an input is neither in the cache nor in the remote.
    """
    entries = _recorded_entries(root, run) if run.entries is None else run.entries
    with sandbox(root, run.revision, keep=keep) as tree, refusals(StageError, where=f"stage '{name}'"):
        graph = graph_in(tree)
        names = [stage.name for stage in graph.stages]
        if name not in names:
            raise ProjectError(
                f"The run has no stage '{name}'{closest(name, names)}",
                where=f"run '{run.name}'",
                fix=f"its stages are {', '.join(names)}",
            )
        stage = graph.stage(name)
        absent = [each for each in graph.upstream(name) if each not in entries]
        if absent:
            raise StageError(
                f"The inputs of the stage were never made: no result of {', '.join(absent)}",
                where=f"run '{run.name}', stage '{name}'",
                fix=f"debug the stage that failed first: {', '.join(run.failed) or absent[0]}",
            )
        check_out_inputs(tree, graph, stage, entries, copy=True)
        check_out_persistent_outputs(tree, stage)
        remove_outputs(tree, stage)
        added = {"TRIMTAB_DAG_RUN": run.name} if run.pipeline and "/" in run.name else {}
        env = stage_variables(tree, stage, added)
        _detach(tree.root)
        yield StageSandbox(tree.root, tree.root / stage.wdir, stage, env, _differences(run, name))


def run_in_stage(opened: StageSandbox, command: Sequence[str]) -> int:
    """Run a command, or the user's shell, in the sandbox of a stage; return its exit code.

    Ctrl-C goes to the command alone.

    Raises:
        StageError: The command cannot be started.
    """
    argv = list(command) or [os.environ.get("SHELL") or DEFAULT_SHELL]
    try:
        process = subprocess.Popen(argv, cwd=opened.folder, env=dict(opened.env))
    except OSError as err:
        raise StageError(
            f"The command cannot be started: {argv[0]}: {err.strerror}",
            where=f"stage '{opened.stage.name}'",
            fix="name a program, after `--`; without one, $SHELL is opened",
        ) from err
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if process.poll() is None:
            process.kill()
            process.wait()


def _recorded_entries(root: Path, run: PastRun) -> dict[str, LockEntry]:
    """Return the lock entries of a recorded run, from ``dvc.lock`` of its record."""
    with sandbox(root, run.results) as tree:
        return {stage.name: entry for stage in graph_in(tree).stages if (entry := tree.locked(stage))}


def _differences(run: PastRun, name: str) -> list[str]:
    """Say how Python and packages differ from those of the run; the host does not count."""
    then = run.environments.get(name)
    if then is None:
        return []
    changes = environment_changes({name: then}, {name: current_environment()})
    return [
        f"{each.name} is {each.after or 'not installed'}, was {each.before or 'not installed'}"
        for each in changes
        if each.name != "host"
    ]


def _detach(project: Path) -> None:
    """Cut a sandbox off from the project's cache and repository, so that DVC and git write into it alone."""
    from configobj import ConfigObj

    git(project, "remote", "remove", "origin")
    config = ConfigObj(str(project / ".dvc" / "config.local"), encoding="utf-8")
    config.setdefault("cache", {})["dir"] = str(project / ".dvc" / "cache")
    config.write()
