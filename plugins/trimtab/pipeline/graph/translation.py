"""DVC's index, turned into the neutral graph: the one place that knows both."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from trimtab.pipeline.graph.graph import Artifact, Graph, Output, Stage


def graph_of(repo: Any) -> Graph:
    """Return the neutral graph of an open ``dvc.repo.Repo``; the working directory is its root."""
    from dvc.repo.reproduce import get_active_graph, plan_repro

    index = repo.index
    plots = _top_level(index._plots)
    found = plan_repro(get_active_graph(index.graph))
    artifacts = [
        _artifact(dvcfile, name, artifact)
        for dvcfile, artifacts in repo.artifacts.read().items()
        for name, artifact in artifacts.items()
    ]
    return Graph(
        stages=tuple(_stage(stage, plots) for stage in found if not stage.is_data_source),
        # DVC's graph points from a stage to what it depends on.
        edges=tuple(sorted((up.addressing, down.addressing) for down, up in index.graph.edges)),
        artifacts=tuple(artifacts),
        sources=tuple(_stage(stage, plots) for stage in found if stage.is_data_source),
    )


def _top_level(plots: dict[str, list[Any]]) -> frozenset[str]:
    """Files and folders of ``plots:`` at the top level of each ``dvc.yaml``, relative to the root.

    DVC's own list also depends on which files are there now, so it cannot be kept.
    """
    from dvc.repo.plots import infer_data_sources

    found = set[str]()
    for dvcfile, definitions in plots.items():
        for definition in definitions:
            named = definition if isinstance(definition, dict) else {definition: None}
            for plot, settings in named.items():
                found.update(_beside(dvcfile, path) for path in infer_data_sources(plot, settings))
    return frozenset(found)


def _beside(dvcfile: str, path: str) -> str:
    """Return a path that a ``dvc.yaml`` gives relative to itself, relative to the root."""
    return Path(os.path.normpath(Path(os.path.relpath(dvcfile)).parent / path)).as_posix()


def _stage(stage: Any, plots: frozenset[str]) -> Stage:
    from dvc.dependency import ParamsDependency

    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency) and dep.def_path]
    commands = stage.cmd if isinstance(stage.cmd, list) else [stage.cmd]
    return Stage(
        name=stage.addressing,
        cmd=tuple(str(command) for command in commands if command is not None),
        wdir=Path(os.path.relpath(stage.wdir)).as_posix(),
        deps=tuple(sorted(_path(dep) for dep in deps)),
        outs=tuple(_output(out, plots) for out in stage.outs),  # in this order git is told to ignore them
        params=_params(dep for dep in stage.deps if isinstance(dep, ParamsDependency)),
        frozen=stage.frozen,
        always_changed=stage.always_changed,
        desc=stage.desc or "",
        meta=_plain(stage.meta),
        listed=isinstance(stage.cmd, list),
        spelled=_spelled(stage.wdir, [*deps, *stage.outs]),
    )


def _params(deps: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Map params files to keys; one file may be named in two ways, and no keys are all of them."""
    found: dict[str, tuple[str, ...]] = {}
    for dep in deps:
        path, keys = _path(dep), tuple(map(str, dep.params))
        found[path] = (*found[path], *keys) if keys and found.get(path) else keys if path not in found else ()
    return found


def _path(item: Any) -> str:
    if _elsewhere(item):
        return str(item.def_path)
    return Path(os.path.relpath(item.fs_path)).as_posix()


def _elsewhere(item: Any) -> bool:
    """Whether a path is a URL, one in another repository, or an absolute one outside of the project."""
    if item.protocol != "local" or "://" in item.def_path or hasattr(item, "def_repo"):
        return True
    return posixpath.isabs(item.def_path) and not item.is_in_repo


def _spelled(wdir: str, items: Iterable[Any]) -> dict[str, str]:
    return {
        _path(item): item.def_path
        for item in items
        if not _elsewhere(item) and item.def_path != os.path.relpath(item.fs_path, wdir)
    }


def _plain(meta: Any) -> dict[str, Any]:
    """Return ``meta`` as JSON gives it back: what YAML knows as a date is its text."""
    plain = json.loads(json.dumps(meta, default=str, skipkeys=True))
    return plain if isinstance(plain, dict) else {}


def _output(out: Any, plots: frozenset[str]) -> Output:
    path = _path(out)
    # A plot is the output, a file in it, or a folder that it is in.
    drawn = out.plot or any(
        f"{plot}/".startswith(f"{path}/") or path.startswith(f"{plot}/") for plot in plots
    )
    kind: Literal["out", "metric", "plot"] = "metric" if out.metric else "plot" if drawn else "out"
    return Output(path, kind, out.use_cache, out.persist, out.can_push, out.remote)


def _artifact(dvcfile: str, name: str, artifact: Any) -> Artifact:
    return Artifact(
        name,
        _beside(dvcfile, artifact.path),
        artifact.type or "",
        artifact.desc or "",
        tuple(artifact.labels),
        _plain(artifact.meta),
    )
