"""DVC outputs as Airflow assets, so that other DAGs can be scheduled on them."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.sdk import Asset

from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Stage

if TYPE_CHECKING:
    from trimtab.pipeline.lock import LockEntry

LONGEST = 1500  # characters of an asset's name and of its URI
DIGITS = 12  # of a commit that a person reads


def dvc_asset(project: Path | str, path: str) -> Asset:
    """Return the asset of an output: ``DAG(schedule=dvc_asset("project", "models/a.skops"))``.

    The asset is the same in every checkout of the project, and in every DAG that runs its stages.

    Args:
        project: The project's name, or its root.
        path: The output's path, relative to the project's root.

    Raises:
        ConfigError: The project's name has a character that an asset's name cannot have.
    """
    name = project_name(project) if isinstance(project, Path) else project
    if not re.fullmatch(r"[^\s/?#@:]+", name):
        raise ConfigError(
            f"An asset's name cannot begin with {name!r}",
            where="the project's name",
            fix="give a name without spaces and without any of / ? # @ :",
        )
    readable = f"{name}/{path if '://' in path else posixpath.normpath(path)}".rstrip("/")
    quoted = quote(readable, safe="/")
    return Asset(
        _shortened(readable if readable.isascii() else quoted), f"dvc://{_shortened(quoted)}", group="dvc"
    )


def project_name(root: Path) -> str:
    """Return a project's name: the name of its folder, or of the bundle that has checked it out.

    A git bundle checks out into ``<bundle>/tracking_repo`` and ``<bundle>/versions/<commit>``.
    """
    root = Path(root).resolve()
    if root.name == "tracking_repo":
        root = root.parent
    elif root.parent.name == "versions":
        root = root.parent.parent
    return re.sub(r"[\s/?#@:]+", "-", root.name).strip("-") or "project"


def stage_assets(stage: Stage, project: str) -> dict[str, Asset]:
    """Return the asset of each output of a stage, by the output's path."""
    return {out.path: dvc_asset(project, out.path) for out in stage.outs}


def output_events(
    stage: Stage, entry: LockEntry, revision: str, models: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """Return the extra of each output's asset event: model, path, stage, commit, hash, size and revision.

    A stage ends before its model is registered, so an event has no version: ``commit`` finds it in MLflow.

    Args:
        stage: The stage.
        entry: Its lock entry.
        revision: The pinned revision.
        models: Path of each declared model to its name.
    """
    found = {}
    for out in entry.get("outs", []):
        path = (
            out["path"]
            if "://" in out["path"]
            else posixpath.normpath(posixpath.join(stage.wdir, out["path"]))
        )
        content: Mapping[str, object] = out
        known = {
            name: content[name] for name in ("md5", "etag", "checksum", "size", "nfiles") if name in content
        }
        model = {"model": models[path]} if path in models else {}
        found[path] = {
            **model,
            "path": path,
            "stage": stage.name,
            "commit": revision[:DIGITS],
            **known,
            "revision": revision,
        }
    return found


def _shortened(text: str) -> str:
    """Return a text that Airflow takes: one that is too long ends with its hash."""
    room = LONGEST - len("dvc://")
    if len(text) <= room:
        return text
    return f"{text[: room - 17]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
