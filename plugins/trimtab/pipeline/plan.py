"""Decide from content hashes which stages must run, before any worker starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from trimtab.pipeline.entry import Entry, bring, entry_of, is_available, plain_entry
from trimtab.pipeline.execution import load_stage
from trimtab.pipeline.graph import Graph
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
    """
    known: dict[str, Entry] = {}
    steps: list[Step] = []
    with sandbox(root, revision.sha) as repo:
        for stage in graph.stages:
            upstream = graph.upstream(stage.name)
            running = [name for name in upstream if name not in known]
            if running:
                steps.append(Step(stage.name, "run", f"after {', '.join(running)}"))
                continue
            step = _decide(repo, stage.name, {name: known[name] for name in upstream})
            steps.append(step)
            if step.entry:
                known[stage.name] = step.entry
    return Plan(revision, tuple(steps))


def _decide(repo: Any, name: str, upstream: Mapping[str, Entry]) -> Step:
    stage = load_stage(repo, name)
    if stage.always_changed or stage.is_callback:
        return Step(name, "run", "it always runs")
    locked = stage.dvcfile.lockfile_contents.get("stages", {}).get(stage.name)
    _hash_dependencies(repo, stage, upstream)
    inputs = entry_of(stage)
    if locked and not list(_differences(locked, inputs)):
        if is_available(repo, locked, stage.wdir):
            return Step(name, "unchanged", "dvc.lock has it", locked)
        return Step(name, "run", "an output that dvc.lock names is not in the cache")
    cached = _from_run_cache(repo, stage)
    if cached and is_available(repo, cached, stage.wdir):
        return Step(name, "unchanged", "the run cache has it", cached)
    return Step(name, "run", "; ".join(_differences(locked, inputs)) if locked else "it has never run")


def _hash_dependencies(repo: Any, stage: Any, upstream: Mapping[str, Entry]) -> None:
    """Give each dependency its hash: from an upstream entry, or from the revision's own file.

    A dependency that is a part of an upstream output, or the folder of several, has a hash of its own, so
    that output is brought from the cache first.
    """
    from dvc.stage.loader import StageLoader

    made = {}
    for name, entry in upstream.items():
        wdir = load_stage(repo, name).wdir
        for out in entry.get("outs", []):
            made[os.path.normpath(Path(wdir, out["path"]))] = out
    exact = [{**made[dep.fs_path], "path": dep.def_path} for dep in stage.deps if dep.fs_path in made]
    StageLoader.fill_from_lock(stage, {"deps": exact})
    rest = [dep for dep in stage.deps if dep.fs_path not in made]
    for name, entry in upstream.items():
        bring(repo, entry, load_stage(repo, name).wdir, needed=rest, where=f"stage '{stage.addressing}'")
    for dep in rest:
        dep.save()


def _from_run_cache(repo: Any, stage: Any) -> Entry | None:
    """Return DVC's newest run-cache result for a stage whose dependencies have their hashes."""
    from dvc.stage.cache import _get_cache_hash
    from dvc.stage.serialize import to_single_stage_lockfile

    key = _get_cache_hash(to_single_stage_lockfile(stage), key=True)
    folder = Path(repo.stage_cache._get_cache_dir(key))
    results = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    return plain_entry(repo.stage_cache._load_cache(key, results[-1].name)) if results else None


def _differences(locked: Entry, inputs: Entry) -> Iterator[str]:
    """Say what is not as the lock entry has it."""
    if locked.get("cmd") != inputs.get("cmd"):
        yield "cmd changed"
    before = {dep["path"]: dep for dep in locked.get("deps", [])}
    after = {dep["path"]: dep for dep in inputs.get("deps", [])}
    for path in sorted(before.keys() | after.keys()):
        if before.get(path, {}).get("md5") != after.get(path, {}).get("md5"):
            yield f"{path} changed"
    for file in sorted(locked.get("params", {}).keys() | inputs.get("params", {}).keys()):
        old, new = locked.get("params", {}).get(file, {}), inputs.get("params", {}).get(file, {})
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield f"{key}: {old.get(key)} → {new.get(key)}"
