"""Check the folders that runs write to, and who else may read or write them."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor.finding import Finding
from trimtab.doctor.probe_file import probe_folder
from trimtab.user_cache import cache_folder


def check_folders(project: Path) -> Iterator[Finding]:
    """Check the state folder, the folder of temporary files, and the cache of graphs.

    Args:
        project: The project's root.
    """
    yield _state_folder(Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab"))
    temporary = Path(tempfile.gettempdir())
    problem = probe_folder(temporary)
    yield Finding(
        "temporary files",
        "error" if problem else "ok",
        f"{temporary}{': ' + problem if problem else ''}",
        "set TMPDIR to a folder that can be written: sandboxes are made there" if problem else "",
    )
    cache = cache_folder(project, "graphs")
    usable = cache.parent.is_dir()
    yield Finding(
        "cache of graphs",
        "ok" if usable else "warning",
        str(cache) if usable else "no folder of it is this user's alone: DVC resolves each graph again",
        "" if usable else "set XDG_CACHE_HOME to a folder of this user with mode 0700",
    )


def _state_folder(folder: Path) -> Finding:
    name, problem = "TRIMTAB_HOME", probe_folder(folder)
    if problem:
        return Finding(
            name, "error", f"{folder}: {problem}", "make it writable for this user, or name another"
        )
    if folder.exists() and folder.stat().st_mode & stat.S_IWOTH:
        fix = f"`chmod o-w {folder}`"
        return Finding(name, "error", f"{folder}: every user of this machine may write to it", fix)
    return Finding(name, "ok", str(folder))
