"""Labels that a project names, and the table that has to have them: looked at before anything runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from trimtab.config import PARAMS_FILE
from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import LockEntry, path_in_entry
from trimtab.pipeline.params import ParamsFiles
from trimtab.pipeline.worktree import WorkTree

TABLE = "test-window"  # type of the artifact whose label a model is judged on
LARGEST = 2**24  # bytes of a footer that are searched


def refuse_unknown_labels(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]) -> None:
    """Refuse a label that is no column of the test window, if that is known before the run.

    Args:
        tree: The revision.
        graph: Its stages.
        known: The lock entries of unchanged stages.

    Raises:
        ProjectError: There is no such column; the message has the nearest one.
    """
    for artifact in graph.artifacts:
        table = _table(tree, graph, known, artifact.path) if artifact.type == TABLE else None
        end = footer(table) if table else b""
        if not table or not end:
            continue
        own = (f"dvc.yaml: artifacts: {artifact.name}", artifact.meta.get("label"))
        for where, label in (own, *_of_gates(tree, graph, known)):
            # To import a Parquet reader takes longer than the plan: only an error is worth it.
            if isinstance(label, str) and label and label.encode() not in end:
                raise ProjectError(
                    f"The table {artifact.path} has no column '{label}'{closest(label, _columns(table))}",
                    where=where,
                    fix="name the column of the outcomes; nothing has been run",
                )


def _table(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry], path: str) -> Path | None:
    """The table in the cache, if no stage of the run makes it anew."""
    for stage in graph.stages:
        if stage.name not in known or path not in (out.path for out in stage.outs):
            continue
        own = path_in_entry(stage, path)
        for out in known[stage.name].get("outs", []):
            if out["path"] == own and "md5" in out:
                file = tree.store.objects_of(out).path(out["md5"])
                return file if file.is_file() else None
    return None


def _of_gates(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]) -> Iterator[tuple[str, object]]:
    """The labels in the sections of model gates that are to run."""
    for stage in graph.stages:
        section = re.search(r"--section[ =](\S+)", " ".join(stage.cmd))
        if stage.gate != "model" or stage.name in known or not section or PARAMS_FILE not in stage.params:
            continue
        values = ParamsFiles(tree.root).params_of(stage).get(path_in_entry(stage, PARAMS_FILE), {})
        whole = values.get(section[1])
        label = whole.get("label") if isinstance(whole, Mapping) else values.get(f"{section[1]}.label")
        yield f"{PARAMS_FILE}: {section[1]}.label", label


def footer(table: Path) -> bytes:
    """What a Parquet file ends with, the names of its columns among it; nothing if it is none."""
    with table.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8))
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != b"PAR1" or not 0 < length <= min(size - 8, LARGEST):
            return b""
        file.seek(size - 8 - length)
        return file.read(length)


def _columns(table: Path) -> list[str]:
    import pyarrow.parquet as pq

    return list(pq.read_schema(table).names)
