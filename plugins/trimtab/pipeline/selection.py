"""A part of the graph, named as ``dvc repro`` names it."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Sequence

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph import Graph

PIPELINE_FILE = "dvc.yaml"
NAMED = 10  # at most that many known names in a message


def select(graph: Graph, targets: Sequence[str], *, downstream: bool = False) -> Graph:
    """Return the part of the graph that the targets name, with all it needs.

    A target is what ``dvc repro`` takes in the project's root: a stage (``train``, ``features@a``,
    ``sub/dvc.yaml:train``), a group (``features``: every stage that its ``foreach`` or ``matrix`` made), a
    file (``sub/dvc.yaml``: every stage in it), or a pattern as with ``--glob`` (``train*``,
    ``sub/dvc.yaml:train*``).

    Args:
        graph: The whole graph.
        targets: What to select; everything, if nothing is named.
        downstream: Also what follows the targets, as with ``dvc repro --downstream``; a ``.dvc`` file is a
            target too then. What those stages need is selected as well: what of it is unchanged costs
            nothing.

    Raises:
        ProjectError: A target names nothing; the message has the nearest stage.
    """
    if not targets:
        return graph
    named = [name for target in targets for name in _resolve(graph, target, downstream=downstream)]
    return graph.only(tuple(_and_what_follows(graph, named) if downstream else named))


def _resolve(graph: Graph, target: str, *, downstream: bool) -> list[str]:
    if not target:
        raise _unknown(graph, target, is_data=False)
    file, name = _split(target)
    stages = [stage.name for stage in graph.stages]
    beside = {_split(stage)[1]: stage for stage in stages if _split(stage)[0] == file}
    if not name:
        found = list(beside.values())
    elif name in beside:
        found = [beside[name]]
    else:
        found = [beside[own] for own in beside if own.startswith(f"{name}@")]
        found = found or [beside[own] for own in fnmatch.filter(beside, name)]
    sources = [source.name for source in graph.sources if source.name == posixpath.normpath(target)]
    if not found and not (sources and downstream):
        raise _unknown(graph, target, is_data=bool(sources))
    return found or sources


def _split(address: str) -> tuple[str, str]:
    """Split an address into its file and the name in it; no name means the whole file.

    What follows an ``@`` is a key, and may hold anything.
    """
    group, at, key = address.partition("@")
    file, colon, name = group.rpartition(":")
    if colon:
        return posixpath.normpath(file or PIPELINE_FILE), name + at + key
    if posixpath.basename(group) == PIPELINE_FILE and not at:
        return posixpath.normpath(group), ""
    return PIPELINE_FILE, address


def _and_what_follows(graph: Graph, names: Sequence[str]) -> list[str]:
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
    more = f" or another of {len(names)} stages" if len(names) > NAMED else ""
    return ProjectError(
        f"There is no stage '{target}'{near}",
        where="targets",
        fix=f"name some of {', '.join(names[:NAMED])}{more}",
    )
