"""Declared columns: check before a run that they exist, and that no two declarations differ.

The label, the group, the time and the weight are declared in ``dvc.yaml``, for comparisons and drift checks,
and in the params of a model gate, which are a dependency of its stage.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from trimtab.errors import ProjectError, closest
from trimtab.json_value import JsonValue
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.graph import Graph, Stage, declared_dependence, declared_weight
from trimtab.pipeline.lock import LockEntry, path_in_entry
from trimtab.pipeline.params import ParamsFiles
from trimtab.pipeline.worktree import WorkTree

TEST_WINDOW = "test-window"  # type of the artifact on which models are evaluated
# The columns of a model: by the first two, rows depend on each other.
OF_ROWS = ("group", "time", "weight")
COLUMNS = ("label", *OF_ROWS)
FOOTER_BYTES = 2**24  # the largest Parquet footer that is searched


def refuse_unknown_columns(tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]) -> None:
    """Refuse a declared column that the test window does not have, if the run does not make that table anew.

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
        label = (f"dvc.yaml: artifacts: {artifact.name}", "label", artifact.meta.get("label"))
        for where, key, name in (label, *_columns_of_models(graph), *_columns_of_gates(tree, graph, known)):
            # Importing a Parquet reader takes longer than the plan, so it is done for an error only.
            if isinstance(name, str) and name and name.encode() not in columns:
                raise ProjectError(
                    f"The table {artifact.path} has no column '{name}'{closest(name, _columns(table))}",
                    where=where,
                    fix=f"name the column of the {key}; nothing has run",
                )


def refuse_contradictions(tree: WorkTree, graph: Graph) -> None:
    """Refuse a gate of the model that has another group, time or weight than the model.

    Args:
        tree: A checkout of the revision.
        graph: Its stages.

    Raises:
        ProjectError: They differ, so that gate and comparison would contradict each other.
    """
    dependence = declared_dependence(graph)
    of_rows = {"group": dependence.group, "time": dependence.time, "weight": declared_weight(graph)}
    for model in (artifact for artifact in graph.artifacts if artifact.type == "model"):
        for stage in graph.stages:
            section = _section(stage)
            if not section or model.path not in stage.deps:
                continue
            values = _section_values(tree, stage, section)
            for key, of_model in of_rows.items():
                of_gate = values.get(key) or ""
                if of_gate != of_model:
                    raise ProjectError(
                        f"The {key} of the rows is declared twice, and differs:"
                        f" '{of_gate}' for the gate '{stage.name}', '{of_model}' for the model",
                        where=f"{PARAMS_FILE}: {section}.{key}; dvc.yaml: artifacts.{model.name}.meta.{key}",
                        fix=f"declare it in {PARAMS_FILE}; in dvc.yaml write `{key}: ${{{section}.{key}}}`",
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


def _columns_of_models(graph: Graph) -> Iterator[tuple[str, str, object]]:
    """Yield the columns that models declare, each with its place and key."""
    for artifact in graph.artifacts:
        if artifact.type == "model":
            for key in OF_ROWS:
                yield f"dvc.yaml: artifacts: {artifact.name}", key, artifact.meta.get(key)


def _columns_of_gates(
    tree: WorkTree, graph: Graph, known: Mapping[str, LockEntry]
) -> Iterator[tuple[str, str, object]]:
    """Yield the columns in the params of model gates that will run, each with its place and key."""
    for stage in graph.stages:
        section = _section(stage)
        if section and stage.name not in known:
            values = _section_values(tree, stage, section)
            for key in COLUMNS:
                yield f"{PARAMS_FILE}: {section}.{key}", key, values.get(key)


def _section(stage: Stage) -> str:
    """Return the section of ``params.yaml`` of a model gate; nothing for another stage."""
    section = re.search(r"--section[ =](\S+)", " ".join(stage.cmd))
    return section[1] if stage.gate == "model" and section and PARAMS_FILE in stage.params else ""


def _section_values(tree: WorkTree, stage: Stage, section: str) -> Mapping[str, JsonValue]:
    values = ParamsFiles(tree.root).params_of(stage).get(path_in_entry(stage, PARAMS_FILE), {})
    whole = values.get(section)
    if isinstance(whole, Mapping):
        return whole
    return {key: values[name] for key in COLUMNS if (name := f"{section}.{key}") in values}


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
