"""DVC's own resolver, asked in a process of its own.

``python -m trimtab.pipeline.resolve ROOT`` prints what DVC makes of the project below ROOT as JSON: the
graph, and every file the answer depends on. It is the one place that turns DVC's index into the neutral
graph, and it runs apart so that whoever asks (Airflow, parsing a DAG) never imports DVC.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph import Artifact, Graph, Output, Stage


def resolve(root: Path) -> tuple[Graph, list[str]]:
    """Resolve the project below ``root``.

    Returns:
        The graph, and the files below ``root`` that it was resolved from besides ``dvc.yaml`` and ``*.dvc``.

    Raises:
        dvc.exceptions.DvcException: DVC refuses the project; its message says why.
    """
    os.environ.setdefault("DVC_NO_ANALYTICS", "1")
    os.chdir(root)  # DVC's addresses depend on the working directory
    sources = _record_sources()
    from dvc.repo import Repo
    from dvc.repo.reproduce import plan_repro

    with Repo(str(root)) as repo:
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
    return Graph(stages, edges, artifacts), sorted(sources)


def _record_sources() -> set[str]:
    """Note every file that templating reads (``params.yaml`` and ``vars``), as DVC itself opens it."""
    from dvc.parsing.context import Context

    sources: set[str] = set()
    load = Context.load_from.__func__

    def recording(cls: Any, fs: Any, path: str, select_keys: Any = None) -> Any:
        sources.add(os.path.relpath(path))
        return load(cls, fs, path, select_keys)

    Context.load_from = classmethod(recording)
    return sources


def _top_level(plots: dict[str, list[str]]) -> frozenset[str]:
    """Paths of ``plots:`` at the top level of each ``dvc.yaml``, relative to the root."""
    return frozenset(
        Path(os.path.normpath(Path(os.path.relpath(dvcfile)).parent / path)).as_posix()
        for dvcfile, paths in plots.items()
        for path in paths
    )


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
    drawn = out.plot or any(plot == path or plot.startswith(f"{path}/") for plot in plots)
    return Output(path, kind="metric" if out.metric else "plot" if drawn else "out", cache=out.use_cache)


def _artifact(dvcfile: str, name: str, artifact: Any) -> Artifact:
    path = Path(os.path.normpath(Path(dvcfile).parent / artifact.path)).as_posix()
    return Artifact(
        name, path, artifact.type or "", artifact.desc or "", tuple(artifact.labels), artifact.meta or {}
    )


def main() -> None:
    """Print the graph of the project named on the command line, or DVC's reason for refusing it."""
    from dvc.exceptions import DvcException

    try:
        graph, sources = resolve(Path(sys.argv[1]).resolve())
    except DvcException as err:
        sys.stderr.write("\n".join(dict.fromkeys(str(reason) for reason in _chain(err))))
        sys.exit(2)
    json.dump({"graph": dataclasses.asdict(graph), "sources": sources}, sys.stdout)


def _chain(err: BaseException | None) -> Iterator[BaseException]:
    while err:
        yield err
        err = err.__cause__


if __name__ == "__main__":
    main()
