"""The translation of DVC's index into the neutral graph: the only module that knows both."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.json_value import JsonDict
from trimtab.pipeline.dvc_compat import PlotDefinition, plot_definitions
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Artifact, Output, OutputKind, Stage

if TYPE_CHECKING:
    from dvc.annotations import Artifact as DvcArtifact
    from dvc.dependency import ParamsDependency
    from dvc.output import Output as DvcOutput
    from dvc.repo import Repo
    from dvc.stage import Stage as DvcStage


def translate_graph(repo: Repo) -> Graph:
    """Return the neutral graph of an open ``dvc.repo.Repo``. The working directory must be its root."""
    from dvc.repo.reproduce import get_active_graph, plan_repro

    index = repo.index
    plots = _top_level_plots(plot_definitions(index))
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


def _top_level_plots(definitions: Mapping[str, list[PlotDefinition]]) -> frozenset[str]:
    """Return files and folders of ``plots:`` at the top level of each ``dvc.yaml``, relative to the root.

    DVC's own list also depends on which files exist now, so it cannot be cached.
    """
    from dvc.repo.plots import infer_data_sources

    found = set[str]()
    for dvcfile, plots in definitions.items():
        for plot in plots:
            named = plot if isinstance(plot, dict) else {plot: None}
            for name, settings in named.items():
                found.update(_relative_to_root(dvcfile, path) for path in infer_data_sources(name, settings))
    return frozenset(found)


def _relative_to_root(dvcfile: str, path: str) -> str:
    """Return a path relative to the root, given one relative to a ``dvc.yaml``."""
    return Path(os.path.normpath(Path(os.path.relpath(dvcfile)).parent / path)).as_posix()


def _stage(stage: DvcStage, plots: frozenset[str]) -> Stage:
    from dvc.dependency import ParamsDependency

    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency) and dep.def_path]
    commands = stage.cmd if isinstance(stage.cmd, list) else [stage.cmd]
    return Stage(
        name=stage.addressing,
        cmd=tuple(str(command) for command in commands if command is not None),
        wdir=Path(os.path.relpath(stage.wdir)).as_posix(),
        deps=tuple(sorted(_path(dep) for dep in deps)),
        outs=tuple(_output(out, plots) for out in stage.outs),  # in DVC's order: that of .gitignore
        params=_params(dep for dep in stage.deps if isinstance(dep, ParamsDependency)),
        frozen=stage.frozen,
        always_changed=stage.always_changed,
        desc=stage.desc or "",
        meta=_to_json(stage.meta),
        cmd_is_list=isinstance(stage.cmd, list),
        paths_in_lock=_paths_in_lock(stage.wdir, [*deps, *stage.outs]),
    )


def _params(deps: Iterable[ParamsDependency]) -> dict[str, tuple[str, ...]]:
    """Map params files to keys. One file may be written in two ways; no keys mean the whole file."""
    found: dict[str, tuple[str, ...]] = {}
    for dep in deps:
        path, keys = _path(dep), tuple(map(str, dep.params))
        found[path] = (*found[path], *keys) if keys and found.get(path) else keys if path not in found else ()
    return found


def _path(item: DvcOutput) -> str:
    if _is_external(item):
        return str(item.def_path)
    return Path(os.path.relpath(item.fs_path)).as_posix()


def _is_external(item: DvcOutput) -> bool:
    """Whether a path is a URL, a path in another repository, or an absolute path outside of the project."""
    if item.protocol != "local" or "://" in item.def_path or hasattr(item, "def_repo"):
        return True
    return posixpath.isabs(item.def_path) and not item.is_in_repo


def _paths_in_lock(wdir: str, items: Iterable[DvcOutput]) -> dict[str, str]:
    return {
        _path(item): item.def_path
        for item in items
        if not _is_external(item) and item.def_path != os.path.relpath(item.fs_path, wdir)
    }


def _to_json(meta: object) -> JsonDict:
    """Return ``meta`` as JSON values: a date of YAML becomes text."""
    values = json.loads(json.dumps(meta, default=str, skipkeys=True))
    return values if isinstance(values, dict) else {}


def _output(out: DvcOutput, plots: frozenset[str]) -> Output:
    path = _path(out)
    # A plot is the output, a file in it, or a folder above it.
    is_plot = out.plot or any(
        f"{plot}/".startswith(f"{path}/") or path.startswith(f"{plot}/") for plot in plots
    )
    kind: OutputKind = "metric" if out.metric else "plot" if is_plot else "out"
    return Output(path, kind, out.use_cache, out.persist, out.can_push, out.remote)


def _artifact(dvcfile: str, name: str, artifact: DvcArtifact) -> Artifact:
    return Artifact(
        name,
        _relative_to_root(dvcfile, artifact.path),
        artifact.type or "",
        artifact.desc or "",
        tuple(artifact.labels),
        _to_json(artifact.meta),
    )
