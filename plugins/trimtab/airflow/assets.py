"""DVC outputs as Airflow assets, so that other DAGs can be scheduled on them."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import Asset

from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Stage

if TYPE_CHECKING:
    from trimtab.pipeline.lock import Entry

LONGEST = 1500  # characters of an asset's name and of its URI


def dvc_asset(project: Path | str, path: str) -> Asset:
    """Return the asset of an output: ``DAG(schedule=dvc_asset("demand", "models/a.skops"))``.

    It is the same wherever the project is checked out, and in whatever DAG its stages run.

    Args:
        project: The project's name, or its root, whose folder name is its name.
        path: The output's path, relative to the project's root.
    """
    name = project_name(project) if isinstance(project, Path) else project
    if not re.fullmatch(r"[^\s/?#@:]+", name):
        raise ConfigError(
            f"An asset's name cannot begin with {name!r}",
            where="the project's name",
            fix="give one without spaces and without any of / ? # @ :",
        )
    readable = f"{name}/{path if '://' in path else posixpath.normpath(path)}".rstrip("/")
    quoted = quote(readable, safe="/")
    return Asset(
        _fitting(readable if readable.isascii() else quoted), f"dvc://{_fitting(quoted)}", group="dvc"
    )


def project_name(root: Path) -> str:
    """Return a project's name: that of its folder, or of the bundle whose checkout the folder is.

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


def hashes(stage: Stage, entry: Entry, revision: str) -> dict[str, dict[str, Any]]:
    """Return what the event of each output tells: its path, hash and size, and the revision that made it."""
    found = {}
    for out in entry.get("outs", []):
        path = (
            out["path"]
            if "://" in out["path"]
            else posixpath.normpath(posixpath.join(stage.wdir, out["path"]))
        )
        known = {name: out[name] for name in ("md5", "etag", "checksum", "size", "nfiles") if name in out}
        found[path] = {"path": path, **known, "stage": stage.name, "revision": revision}
    return found


def _fitting(text: str) -> str:
    """Shorten what Airflow would find too long, and keep it unique."""
    room = LONGEST - len("dvc://")
    if len(text) <= room:
        return text
    return f"{text[: room - 17]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
