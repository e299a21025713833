"""Projects of DVC 2: text is hashed with normalized line ends, and cache objects are in the old layout."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from dvc.utils.serialize import load_yaml, modify_yaml

from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.cache.run_cache import RunCache
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock.lock_entry import is_external, lock_path, path_in_graph, short_name


def as_dvc_2_left_it(checkout, *, stages: Collection[str] | None = None, stored: bool = True) -> None:
    """Convert lock entries, ``.dvc`` files, cache and run cache to those of DVC 2.

    Data that is not in place stays as DVC 3 wrote it.

    Args:
        checkout: The checkout.
        stages: Names of the stages and ``.dvc`` files; all of them, if not given.
        stored: Whether the cache has the data of the ``.dvc`` files.
    """
    graph: Graph = checkout.graph()
    with checkout.dvc() as repo:
        store, runs = DvcCache(repo), RunCache(repo)
        if stages is None:
            shutil.rmtree(checkout.root / ".dvc/cache/runs", ignore_errors=True)
        for source in graph.sources:
            if stages is None or source.name in stages:
                _turn_source(store, checkout.root, source, stored=stored)
        for stage in graph.stages:
            if (stages is None or stage.name in stages) and (checkout.root / lock_path(stage.name)).exists():
                _turn_entry(store, runs, checkout.root, stage)
    if stages is None:
        _link_to_old_layout(checkout.root)
        shutil.rmtree(checkout.root / ".dvc/cache/files", ignore_errors=True)


def _link_to_old_layout(root: Path) -> None:
    """Let symbolic links into the cache lead to the objects of DVC 2; DVC fails on a link that dangles."""
    cache = root / ".dvc/cache"
    for link in [path for path in root.rglob("*") if path.is_symlink()]:
        target = link.readlink()
        if target.is_relative_to(cache / "files"):
            content, old = link.read_bytes(), cache.joinpath(*target.parts[-2:])
            link.unlink()
            if old.is_file():
                link.symlink_to(old)
            else:  # the hash of DVC 2 is another one, since it normalizes line ends
                link.write_bytes(content)


def _turn_source(store: DvcCache, root: Path, source: Stage, *, stored: bool) -> None:
    with modify_yaml(str(root / source.name)) as values:
        for out in values["outs"]:
            _turn(store, root / Path(source.name).parent / out["path"], out, stored=stored)


def _turn_entry(store: DvcCache, runs: RunCache, root: Path, stage: Stage) -> None:
    lock, name = str(root / lock_path(stage.name)), short_name(stage.name)
    cached = {out.path for out in stage.outs if out.cache}
    with modify_yaml(lock) as values:
        entry = values["stages"].get(name, {})
        for item in (*entry.get("deps", []), *entry.get("outs", [])):
            path = path_in_graph(stage, item["path"])
            if not is_external(path):
                _turn(store, root / path, item, stored=path in cached)
    if entry:
        runs.save(stage, load_yaml(lock)["stages"][name])


def _turn(store: DvcCache, path: Path, item: dict[str, Any], *, stored: bool) -> None:
    if "hash" in item and path.exists() and store.hash(path)["md5"] == item["md5"]:
        del item["hash"]
        item["md5"] = (store.put if stored else store.hash)(path, legacy=True)["md5"]
