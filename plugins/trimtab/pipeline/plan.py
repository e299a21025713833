"""Decide from content hashes which stages must run, before any worker starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from trimtab.errors import ProjectError
from trimtab.pipeline.entry import (
    Entry,
    bring,
    entry_of,
    is_available,
    is_params,
    load_stages,
    locked_entry,
    plain_entry,
)
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.refusal import refusals
from trimtab.pipeline.revision import Revision
from trimtab.pipeline.sandbox import sandbox


@dataclass(frozen=True)
class Step:
    """What the plan says of one stage.

    Attributes:
        stage: Its name.
        state: ``run``, or ``unchanged``: its result is known and in the cache.
        reason: Why, for a person.
        entry: The lock entry of an unchanged stage.
    """

    stage: str
    state: Literal["run", "unchanged"]
    reason: str
    entry: Entry | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a run, each after all it depends on."""

    revision: Revision
    steps: tuple[Step, ...] = field(default_factory=tuple)

    @property
    def unchanged(self) -> dict[str, Entry]:
        """Lock entries of the stages that need not run, by name."""
        return {step.stage: step.entry for step in self.steps if step.entry is not None}

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Plan:
        """Return the plan that :meth:`plain` gave the values of."""
        return cls(Revision(**plain["revision"]), tuple(Step(**step) for step in plain["steps"]))


def make_plan(root: Path, revision: Revision, graph: Graph) -> Plan:
    """Walk the graph in order and decide, stage by stage.

    A stage is unchanged if command, params and the hashes of all dependencies are those of its entry in the
    revision's ``dvc.lock``, or of a result in DVC's run cache, and its outputs are in the cache. Its outputs'
    hashes are then known too, so the walk goes on through it without touching a file.

    Args:
        root: The project's root.
        revision: The pinned commit.
        graph: The stages to plan.

    Raises:
        ProjectError: A dependency or a param that a stage names is not in the revision.
    """
    known: dict[str, Entry] = {}
    steps: list[Step] = []
    where = f"{root} at {revision.sha[:12]}"
    with sandbox(root, revision.sha) as repo, refusals(ProjectError, where=where):
        stages = load_stages(repo, [stage.name for stage in graph.stages])
        for name, stage in stages.items():
            upstream = graph.upstream(name)
            running = [name for name in upstream if name not in known]
            if running:
                steps.append(Step(name, "run", f"after {', '.join(running)}"))
                continue
            with refusals(ProjectError, where=f"stage '{name}' of {where}"):
                step = _decide(name, stage, [(stages[up], known[up]) for up in upstream])
            steps.append(step)
            if step.entry:
                known[name] = step.entry
    return Plan(revision, tuple(steps))


def _decide(name: str, stage: Any, upstream: Sequence[tuple[Any, Entry]]) -> Step:
    if stage.always_changed or stage.is_callback:
        return Step(name, "run", "it always runs")
    locked = locked_entry(stage)
    _hash_dependencies(stage, upstream)
    differences = list(_differences(stage, locked))
    if locked and not differences:
        if is_available(stage, locked):
            return Step(name, "unchanged", "dvc.lock has it", locked)
        return Step(name, "run", "an output that dvc.lock names is not in the cache")
    cached = _from_run_cache(stage)
    if cached and is_available(stage, cached):
        return Step(name, "unchanged", "the run cache has it", cached)
    return Step(name, "run", "; ".join(differences) if locked else "it has never run")


def _hash_dependencies(stage: Any, upstream: Sequence[tuple[Any, Entry]]) -> None:
    """Give each dependency its hash: from an upstream entry, or from the revision's own file.

    A dependency that is a part of an upstream output, or the folder of several, has a hash of its own, so
    that output is brought from the cache first.
    """
    from dvc.stage.loader import StageLoader

    made = {
        os.path.normpath(Path(up.wdir, out["path"])): out
        for up, entry in upstream
        for out in entry.get("outs", [])
    }
    exact: list[Entry] = []
    rest = []
    for dep in stage.deps:
        if dep.fs_path in made and not is_params(dep):  # params are values: their file must be there
            exact.append({**made[dep.fs_path], "path": dep.def_path})
        else:
            rest.append(dep)
    StageLoader.fill_from_lock(stage, {"deps": exact})
    for up, entry in upstream:
        bring(up, entry, needed=rest, where=f"stage '{stage.addressing}'")
    for dep in rest:
        dep.save()


def _from_run_cache(stage: Any) -> Entry | None:
    """Return DVC's newest run-cache result for a stage whose dependencies have their hashes."""
    from dvc.stage.cache import _get_cache_hash
    from dvc.stage.serialize import to_single_stage_lockfile

    cache = stage.repo.stage_cache
    key = _get_cache_hash(to_single_stage_lockfile(stage), key=True)
    folder = Path(cache._get_cache_dir(key))
    results = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    return plain_entry(cache._load_cache(key, results[-1].name)) if results else None


def _differences(stage: Any, locked: Entry) -> Iterator[str]:
    """Say what is not as the lock entry has it.

    As for DVC, only what the stage names now counts: a dependency, param or output that it no longer names
    changes nothing.
    """
    inputs = entry_of(stage)
    if locked.get("cmd") != inputs["cmd"]:
        yield "cmd changed"
    before = {dep["path"]: dep for dep in locked.get("deps", [])}
    for dep in inputs.get("deps", []):
        old = before.get(dep["path"])
        if old is None:
            yield f"{dep['path']} is a new dependency"
        elif _content(old) != _content(dep):
            yield f"{dep['path']} changed"
    whole_files = {dep.def_path for dep in stage.deps if is_params(dep) and not dep.params}
    for file, values in inputs.get("params", {}).items():
        known = locked.get("params", {}).get(file, {})
        for key in [*values, *(known.keys() - values.keys() if file in whole_files else ())]:
            if key not in known or key not in values or known[key] != values[key]:
                yield f"{key}: {known.get(key, '(none)')} → {values.get(key, '(none)')}"
    made = {out["path"] for out in locked.get("outs", [])}
    yield from (f"{out['path']} is a new output" for out in inputs.get("outs", []) if out["path"] not in made)


def _content(dep: Mapping[str, Any]) -> Any:
    """The hash of a dependency: DVC's own, or what the store it is in gives instead."""
    return next((dep[name] for name in ("md5", "etag", "checksum") if name in dep), None)
