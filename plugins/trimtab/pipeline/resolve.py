"""DVC's own resolver, asked in a process of its own.

``python -m trimtab.pipeline.resolve ROOT`` prints what DVC makes of the project below ROOT as JSON: the
graph, and every file the answer depends on. It is the one place that turns DVC's index into the neutral
graph, and it runs apart so that whoever asks (Airflow, parsing a DAG) never imports DVC.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph import Artifact, Graph, Output, Stage
from trimtab.pipeline.project import REFUSED, digest
from trimtab.pipeline.refusal import reason


def resolve(root: Path) -> tuple[Graph, dict[str, str]]:
    """Resolve the project below ``root``.

    Returns:
        The graph, and the files that templating read for it: their paths relative to ``root``, and hashes.

    Raises:
        dvc.exceptions.DvcException: DVC refuses the project; its message says why.
    """
    from dvc.repo import Repo
    from dvc.repo.reproduce import plan_repro

    # DVC's addresses depend on the working directory.
    with contextlib.chdir(root), _recorded_sources() as sources, Repo(str(root)) as repo:
        index = repo.index
        ordered = [stage for stage in plan_repro(index.graph) if not stage.is_data_source]
        known = {stage.addressing for stage in ordered}
        plots = _top_level(index._plots)
        stages = tuple(_stage(stage, plots) for stage in ordered)
        # DVC's graph points from a stage to what it depends on.
        edges = tuple(
            sorted(
                (up.addressing, down.addressing)
                for down, up in index.graph.edges
                if up.addressing in known and down.addressing in known
            )
        )
        artifacts = tuple(
            _artifact(dvcfile, name, artifact)
            for dvcfile, found in repo.artifacts.read().items()
            for name, artifact in found.items()
        )
    return Graph(stages, edges, artifacts), sources


@contextlib.contextmanager
def _recorded_sources() -> Iterator[dict[str, str]]:
    """Note every file that templating reads (``params.yaml`` and ``vars``), as DVC itself opens it."""
    from dvc.parsing.context import Context

    sources: dict[str, str] = {}
    load = Context.load_from.__func__

    def recording(cls: Any, fs: Any, path: str, select_keys: Any = None) -> Any:
        sources[os.path.relpath(path)] = digest(Path(path))
        return load(cls, fs, path, select_keys)

    Context.load_from = classmethod(recording)
    try:
        yield sources
    finally:
        Context.load_from = classmethod(load)


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

    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    commands = stage.cmd if isinstance(stage.cmd, list) else [stage.cmd]
    return Stage(
        name=stage.addressing,
        cmd=tuple(command for command in commands if command),
        wdir=Path(os.path.relpath(stage.wdir)).as_posix(),
        deps=tuple(sorted(_path(dep) for dep in deps)),
        outs=tuple(sorted((_output(out, plots) for out in stage.outs), key=lambda out: out.path)),
        params={_path(dep): tuple(dep.params) for dep in params},
        frozen=stage.frozen,
        always_changed=stage.always_changed,
        desc=stage.desc or "",
        meta=stage.meta or {},
    )


def _path(item: Any) -> str:
    return Path(os.path.relpath(item.fs_path)).as_posix() if item.protocol == "local" else str(item.def_path)


def _output(out: Any, plots: frozenset[str]) -> Output:
    path = _path(out)
    # A plot is the output, a file in it, or a folder that it is in.
    drawn = out.plot or any(
        f"{plot}/".startswith(f"{path}/") or path.startswith(f"{plot}/") for plot in plots
    )
    return Output(path, kind="metric" if out.metric else "plot" if drawn else "out", cache=out.use_cache)


def _artifact(dvcfile: str, name: str, artifact: Any) -> Artifact:
    return Artifact(
        name,
        _beside(dvcfile, artifact.path),
        artifact.type or "",
        artifact.desc or "",
        tuple(artifact.labels),
        artifact.meta or {},
    )


def main() -> None:
    """Print the graph of the project named on the command line, or DVC's reason for refusing it."""
    os.environ.setdefault("DVC_NO_ANALYTICS", "1")
    from dvc.exceptions import DvcException

    try:
        graph, sources = resolve(Path(sys.argv[1]).resolve())
    except DvcException as err:
        sys.stderr.write(reason(err))
        sys.exit(REFUSED)
    json.dump({"graph": dataclasses.asdict(graph), "sources": sources}, sys.stdout)


if __name__ == "__main__":
    main()
