"""Check DVC's cache: it can be written, and how its objects get into sandboxes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor.finding import Finding
from trimtab.doctor.probe_file import probe_folder
from trimtab.pipeline.cache import cache_directory, find_link_types

FAST = ("reflink", "hardlink", "symlink")


def check_cache(project: Path) -> Iterator[Finding]:
    """Check the cache of a project.

    Args:
        project: The project's root.

    Raises:
        ProjectError: DVC refuses the project.
    """
    cache = cache_directory(project)
    problem = probe_folder(cache)
    if problem:
        fix = "make it writable for this user, or `dvc config cache.dir` another folder"
        yield Finding("DVC cache", "error", f"{cache}: {problem}", fix)
        return
    configured, working = find_link_types(project, Path(tempfile.gettempdir()))
    if not working:
        yield Finding(
            "DVC cache",
            "warning",
            f"{cache}: of cache.type {', '.join(configured)} none works in {tempfile.gettempdir()}, so files "
            "are copied",
            "put TMPDIR on the file system of the cache, or `dvc config cache.type hardlink,symlink,copy`",
        )
        return
    yield Finding("DVC cache", "ok", f"{cache}: writable, files get into sandboxes by {working[0]}")
