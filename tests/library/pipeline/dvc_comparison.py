"""Compare the files that the engine writes in a checkout with those of `dvc repro` in a copy."""

from __future__ import annotations

import contextlib
import difflib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dvc.utils.serialize import load_yaml

from trimtab.pipeline.execution.local_run import run
from trimtab.pipeline.execution.stage_reproduction import StageOutcome
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.selection import select_for_repro


class EventRecorder:
    """Records the events and lines of a run."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.lines: list[str] = []

    def started(self, stage: str, reason: str) -> None:
        self.events.append(("started", stage))

    def line(self, stage: str, text: str) -> None:
        self.lines += text.split("\n")

    def ended(self, stage: str, outcome: StageOutcome | None) -> None:
        self.events.append((outcome.state if outcome else "failed", stage))


@dataclass(frozen=True)
class ComparedRun:
    """A run of the engine whose written files equal those of `dvc repro`."""

    outcomes: Mapping[str, StageOutcome]

    @property
    def ran(self) -> list[str]:
        """The stages whose commands the engine ran."""
        return [name for name, outcome in self.outcomes.items() if outcome.state == "ran"]

    @property
    def states(self) -> dict[str, str]:
        return {name: outcome.state for name, outcome in self.outcomes.items()}


def written_files(checkout) -> dict[str, Any]:
    """Return all files that a run may write: in the checkout, and in DVC's cache with their modes.

    Left out is what DVC itself never reads: to hash a folder as DVC 2 did, it writes the listing to its
    cache, even if `dvc.lock` will have the hash of DVC 3. A listing that `dvc.lock` names is not left out.
    """
    cache = checkout.root / ".dvc" / "cache"
    found = checkout_files(checkout)
    named = _listings_of_dvc_2(checkout.root)
    cached = {
        str(path.relative_to(cache)): (path.read_bytes(), oct(path.stat().st_mode))
        for path in cache.rglob("*")
        if path.is_file() and not _is_scratch_listing(str(path.relative_to(cache)), named)
    }
    return {**found, **cached}


def _is_scratch_listing(name: str, named: set[str]) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{30}\.dir", name)) and name.replace("/", "") not in named


def _listings_of_dvc_2(root: Path) -> set[str]:
    """Return the hashes in lock entries and `.dvc` files that DVC 2 computed, which name no algorithm."""
    entries: list[dict[str, Any]] = [load_yaml(str(path)) for path in root.rglob("*.dvc") if path.is_file()]
    for lock in root.rglob("dvc.lock"):
        entries += load_yaml(str(lock)).get("stages", {}).values()
    items = [item for entry in entries for key in ("deps", "outs") for item in entry.get(key, [])]
    return {item["md5"] for item in items if "md5" in item and "hash" not in item}


def checkout_files(checkout) -> dict[str, Any]:
    """Return the files of a checkout, whether each is a link or executable, and `dvc status`."""
    found: dict[str, Any] = {}
    names = [path.relative_to(checkout.root) for path in checkout.root.rglob("*")]
    for name in names:
        path = checkout.root / name
        if path.is_file() and not {".git", ".dvc"} & set(name.parts):
            executable = bool(path.lstat().st_mode & stat.S_IEXEC)
            found[str(name)] = (path.read_bytes(), path.is_symlink(), executable)
    with checkout.dvc() as repo:
        found["status"] = repo.status()
    return found


def assert_same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Assert that two results of `written_files` are equal; the message has the differences only."""
    differences = []
    for name in sorted(ours.keys() | theirs.keys()):
        pair = [ours.get(name), theirs.get(name)]
        if pair[0] != pair[1]:
            texts = [one[0].decode().splitlines() for one in pair if isinstance(one, tuple)]
            diff = list(difflib.unified_diff(*texts, "ours", "DVC's", n=1)) if len(texts) == 2 else []
            differences += [name, *(diff or map(repr, pair))]
    assert not differences, "\n".join(differences)


def run_here(checkout, *targets: str, listener: Any = None, **options: Any) -> dict[str, StageOutcome]:
    graph = Project(checkout.root).graph()
    if targets:
        with contextlib.chdir(checkout.root):
            graph = select_for_repro(graph, checkout.root, targets, downstream=False)
    return run(checkout.root, graph, listener=listener or EventRecorder(), **options)
