"""The part of the graph that targets select, as ``dvc repro`` selects stages."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Sequence
from pathlib import Path

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.pipeline_folders import describe_pipelines
from trimtab.pipeline.graph.stage import PIPELINE_FILE, split_address

MAX_NAMES = 10  # in an error message


def select(graph: Graph, targets: Sequence[str], *, downstream: bool = False, folder: str = "") -> Graph:
    """Return the part of the graph that targets select, with everything upstream of it.

    A target is what ``dvc repro`` takes: a stage (``train``, ``features@a``, ``sub/dvc.yaml:train``), a group
    (``features``: every stage that its ``foreach`` or ``matrix`` made), a file (``sub/dvc.yaml``: every stage
    in it), or a pattern as with ``--glob`` (``train*``, ``sub/dvc.yaml:train*``).

    Args:
        graph: The whole graph.
        targets: The targets; without any, the whole graph is selected.
        downstream: Select downstream stages of the targets too. A target may be a ``.dvc`` file then.
            Everything upstream of those stages is selected as well: a sandbox has no outputs of earlier runs.
        folder: The folder that the targets are relative to, below the root.

    Raises:
        ProjectError: A target does not exist; the message has the closest stage.
    """
    if not targets:
        return graph
    return graph.with_upstream(
        _selected_names(graph, targets, downstream=downstream, folder=folder, data=downstream)
    )


def select_for_repro(graph: Graph, root: Path, targets: Sequence[str], *, downstream: bool) -> Graph:
    """Return the stages and ``.dvc`` files that ``dvc repro`` would reproduce in the working directory.

    Without a target, these are the stages of the ``dvc.yaml`` there and everything upstream of them. If that
    file has no stages, these are all stages of the project.

    Args:
        graph: The whole graph.
        root: The project's root.
        targets: See :func:`select`.
        downstream: Select the targets and their downstream stages, and nothing upstream of them.

    Raises:
        ProjectError: A target does not exist; or no target is given, and there is no ``dvc.yaml``.
    """
    here = Path.cwd()
    folder = here.relative_to(root).as_posix()
    if not targets:
        if not (here / PIPELINE_FILE).is_file():
            raise ProjectError(
                f"'{here / PIPELINE_FILE}' does not exist",
                where=str(here),
                fix=describe_pipelines(here)
                or "go to the folder of a dvc.yaml, name a target, or run all of them: --all-pipelines",
            )
        targets = [PIPELINE_FILE]
        if not any(_split(stage.name)[0] == _file(PIPELINE_FILE, folder) for stage in graph.stages):
            return graph
    names = _selected_names(graph, targets, downstream=downstream, folder=folder, data=True)
    if not downstream:
        return graph.with_upstream(names)
    return graph.subgraph({*names, *(_file(target, folder) for target in targets)})  # and .dvc files


def _selected_names(
    graph: Graph, targets: Sequence[str], *, downstream: bool, folder: str, data: bool
) -> tuple[str, ...]:
    names = [name for each in targets for name in _resolve(graph, each, folder=folder, data=data)]
    return tuple(_with_downstream(graph, names) if downstream else names)


def _resolve(graph: Graph, target: str, *, folder: str, data: bool) -> list[str]:
    """Return the stages that a target selects; or the ``.dvc`` file, if ``data`` allows one."""
    if not target:
        raise _unknown(graph, target, is_data=False)
    file, name = _split(target, folder)
    stages = [stage.name for stage in graph.stages]
    beside = {_split(stage)[1]: stage for stage in stages if _split(stage)[0] == file}
    if not name:
        found = list(beside.values())
    elif name in beside:
        found = [beside[name]]
    else:
        found = [beside[own] for own in beside if own.startswith(f"{name}@")]
        found = found or [beside[own] for own in fnmatch.filter(beside, name)]
    sources = [source.name for source in graph.sources if source.name == _file(target, folder)]
    if not found and not (sources and data):
        raise _unknown(graph, target, is_data=bool(sources))
    return found or sources


def _file(path: str, folder: str) -> str:
    """Return a path relative to the root, given one relative to a folder of it."""
    return posixpath.normpath(posixpath.join(folder, path))


def _split(address: str, folder: str = "") -> tuple[str, str]:
    """Split an address, given in a folder, into file and name. An empty name means the whole file."""
    file, name = split_address(address)
    if not file and posixpath.basename(address) == PIPELINE_FILE and "@" not in address:
        file, name = address, ""
    return _file(file or PIPELINE_FILE, folder), name if file else name.removeprefix(":")


def _with_downstream(graph: Graph, names: Sequence[str]) -> list[str]:
    known = {stage.name for stage in graph.stages}
    sources = set(names) - known
    started = [
        down for up, down in graph.edges if up in sources and down in known and not graph.stage(down).frozen
    ]
    found, pending = dict[str, None](), [*(name for name in names if name in known), *started]
    while pending:
        name = pending.pop()
        if name not in found:
            found[name] = None
            pending.extend(graph.downstream(name))
    return list(found)


def _unknown(graph: Graph, target: str, *, is_data: bool) -> ProjectError:
    if is_data:
        return ProjectError(
            f"'{target}' is data, so there is nothing to run",
            where="targets",
            fix="name a stage; or select downstream of it, for what is made of it",
        )
    makers = [stage.name for stage in graph.stages if target in {out.path for out in stage.outs}]
    if makers:
        return ProjectError(
            f"'{target}' is an output, not a stage", where="targets", fix=f"name the stage '{makers[0]}'"
        )
    names = [stage.name for stage in graph.stages]
    elsewhere = [name for name in names if _split(name)[1] == target]
    near = f"; did you mean '{elsewhere[0]}'?" if elsewhere else closest(target, names)
    more = f" or another of {len(names)} stages" if len(names) > MAX_NAMES else ""
    return ProjectError(
        f"There is no stage '{target}'{near}",
        where="targets",
        fix=f"name some of {', '.join(names[:MAX_NAMES])}{more}",
    )
