"""Run one stage in a sandbox: lock entries of what it needs in, its own lock entry out."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import StageError
from trimtab.pipeline.entry import Entry, bring, entry_of, load_stages, store
from trimtab.pipeline.process import run_commands
from trimtab.pipeline.refusal import refusals
from trimtab.pipeline.sandbox import sandbox

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Execution:
    """What became of a stage.

    Attributes:
        entry: The stage's entry for ``dvc.lock``.
        ran: False if its result was already in DVC's run cache.
    """

    entry: Entry
    ran: bool


def run_stage(
    root: Path,
    revision: str,
    name: str,
    entries: Mapping[str, Entry],
    *,
    force: bool = False,
    env: Mapping[str, str] | None = None,
    keep_on_failure: Path | None = None,
) -> Execution:
    """Run a stage of a revision.

    Its dependencies are brought from DVC's cache by content hash; its outputs, and the result as DVC's run
    cache knows it, are put there.

    Args:
        root: The project's root.
        revision: The pinned commit.
        name: The stage, in DVC's addressing.
        entries: Lock entries of the stages it depends on, by name.
        force: Run even if the run cache has the result.
        env: Added to the command's environment.
        keep_on_failure: Where outputs that a failing command left are moved to (a gate's report, say).

    Raises:
        StageError: A dependency is not in the cache, the command failed, or it did not write an output.
    """
    kept = keep_on_failure and keep_on_failure.resolve()  # the sandbox is another working directory
    with sandbox(root, revision) as repo, refusals(StageError, where=f"stage '{name}'"):
        stages = load_stages(repo, [name, *entries])
        stage = stages[name]
        for upstream, entry in entries.items():
            bring(stages[upstream], entry, needed=stage.deps, where=f"stage '{name}', output of '{upstream}'")
        _require_dependencies(stage)
        if not force and _restored(repo, stage):
            log.info("Stage '%s': the run cache has the result, nothing to run", name)
            return Execution(_save(stage), ran=False)
        stage.save_deps()
        stage.remove_outs(ignore_remove=False, force=False)
        try:
            run_commands(
                _commands(stage),
                where=f"stage '{name}'",
                cwd=Path(stage.wdir),
                env=_environment(stage, env),
            )
            return Execution(_save(stage), ran=True)
        except StageError:
            if kept:
                _keep_outputs(stage, Path(repo.root_dir), kept)
            raise


def _require_dependencies(stage: Any) -> None:
    for dep in stage.deps:
        if not dep.exists:
            raise dep.DoesNotExistError(dep)


def _restored(repo: Any, stage: Any) -> bool:
    """Bring the outputs of a known result, if there is one.

    DVC compares the stage's ``dvc.lock`` entry with the dependencies that are there, so their hashes must not
    have been saved into the stage before.
    """
    from dvc.stage.cache import RunCacheNotFoundError

    try:
        repo.stage_cache.restore(stage)
    except RunCacheNotFoundError:
        return False
    return True


def _commands(stage: Any) -> list[str]:
    return stage.cmd if isinstance(stage.cmd, list) else str(stage.cmd).splitlines()


def _environment(stage: Any, added: Mapping[str, str] | None) -> dict[str, str]:
    """The worker's environment, as DVC hands it on, with this interpreter's commands first on the path."""
    from dvc.stage.run import prepare_kwargs

    env: dict[str, str] = prepare_kwargs(stage)["env"]
    here = str(Path(sys.executable).parent)
    path = env.get("PATH", os.defpath)
    return {
        **env,
        "PATH": path if path.split(os.pathsep)[0] == here else here + os.pathsep + path,
        "PYTHONUNBUFFERED": "1",  # so that a task's log shows each line when it is printed
        **(added or {}),
    }


def _save(stage: Any) -> Entry:
    from dvc.output import OutputDoesNotExistError

    try:
        stage.save()
        stage.commit()
    except OutputDoesNotExistError as err:
        raise StageError(
            f"The command did not write its output: {err}",
            where=f"stage '{stage.addressing}'",
            fix="write it, or take it out of `outs`",
        ) from err
    entry = entry_of(stage)
    if not all(out.use_cache for out in stage.outs):
        store(stage, entry)
    return entry


def _keep_outputs(stage: Any, root: Path, folder: Path) -> None:
    for out in stage.outs:
        path = Path(out.fs_path)
        if path.exists():
            target = folder / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                shutil.rmtree(target)
            shutil.move(path, target)
            log.warning("The failed stage left %s; it is kept in %s", out.def_path, target)
