"""Label columns: check before a run that the test window has each label that the project names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from trimtab.errors import ProjectError, closest
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import LockEntry, path_in_entry
from trimtab.pipeline.params import ParamsFiles
from trimtab.pipeline.worktree import WorkTree

TEST_WINDOW = "test-window"  # type of the artifact on which models are evaluated
FOOTER_BYTES = 2**24  # the largest Parquet footer that is searched


def refuse_unknown_labels(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]) -> None:
    """Refuse a label that is no column of the test window, if the run does not make that table anew.

    Args:
        tree: A checkout of the revision.
        graph: Its stages.
        known: Lock entries of the unchanged stages, by name.

    Raises:
        ProjectError: The table has no such column. The message suggests the closest one.
    """
    for artifact in graph.artifacts:
        table = _cached_table(tree, graph, known, artifact.path) if artifact.type == TEST_WINDOW else None
        columns = footer(table) if table else b""
        if not table or not columns:
            continue
        declared = (f"dvc.yaml: artifacts: {artifact.name}", artifact.meta.get("label"))
        for where, label in (declared, *_gate_labels(tree, graph, known)):
            # Importing a Parquet reader takes longer than the plan, so it is done for an error only.
            if isinstance(label, str) and label and label.encode() not in columns:
                raise ProjectError(
                    f"The table {artifact.path} has no column '{label}'{closest(label, _columns(table))}",
                    where=where,
                    fix="name the column of the label; nothing has run",
                )


def _cached_table(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry], path: str) -> Path | None:
    """Return the table's file in the cache, if no stage of the run makes it anew."""
    for stage in graph.stages:
        if stage.name not in known or path not in (out.path for out in stage.outs):
            continue
        name = path_in_entry(stage, path)
        for out in known[stage.name].get("outs", []):
            if out["path"] == name and "md5" in out:
                file = tree.cache.objects_of(out).path(out["md5"])
                return file if file.is_file() else None
    return None


def _gate_labels(
    tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]
) -> Iterator[tuple[str, object]]:
    """Yield the labels in the params of model gates that will run, each with its place."""
    for stage in graph.stages:
        section = re.search(r"--section[ =](\S+)", " ".join(stage.cmd))
        if stage.gate != "model" or stage.name in known or not section or PARAMS_FILE not in stage.params:
            continue
        values = ParamsFiles(tree.root).params_of(stage).get(path_in_entry(stage, PARAMS_FILE), {})
        whole = values.get(section[1])
        label = whole.get("label") if isinstance(whole, Mapping) else values.get(f"{section[1]}.label")
        yield f"{PARAMS_FILE}: {section[1]}.label", label


def footer(table: Path) -> bytes:
    """Return the footer of a Parquet file, which has the column names; empty for another file."""
    with table.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8))
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != b"PAR1" or not 0 < length <= min(size - 8, FOOTER_BYTES):
            return b""
        file.seek(size - 8 - length)
        return file.read(length)


def _columns(table: Path) -> list[str]:
    import pyarrow.parquet as pq

    return list(pq.read_schema(table).names)
