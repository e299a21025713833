"""Check the free space where runs write."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor.finding import Finding, Status
from trimtab.pipeline.cache import cache_directory

GIGABYTE = 1 << 30
LOW, TOO_LOW = 5 * GIGABYTE, GIGABYTE  # free bytes; a run needs the size of its data twice
FEW_INODES = 10_000


def check_disk(project: Path) -> Iterator[Finding]:
    """Check the file systems of sandboxes, of DVC's cache and of the state folder, each once.

    Args:
        project: The project's root.
    """
    places = {
        "sandboxes": Path(tempfile.gettempdir()),
        "DVC cache": cache_directory(project),
        "TRIMTAB_HOME": Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab"),
    }
    by_device: dict[int, tuple[Path, list[str]]] = {}
    for name, place in places.items():
        existing = next(each for each in (place.absolute(), *place.absolute().parents) if each.exists())
        by_device.setdefault(existing.stat().st_dev, (existing, []))[1].append(name)
    for folder, names in by_device.values():
        yield _space(folder, ", ".join(names))


def _space(folder: Path, names: str) -> Finding:
    usage, about = shutil.disk_usage(folder), os.statvfs(folder)
    few = about.f_files > 0 and about.f_favail < FEW_INODES
    status: Status = "error" if usage.free < TOO_LOW or few else "warning" if usage.free < LOW else "ok"
    seen = f"{names}: {usage.free / GIGABYTE:.1f} of {usage.total / GIGABYTE:.1f} GB free at {folder}"
    if few:
        seen += f", and {about.f_favail} files more can be created"
    fix = "free space there, with `trimtab prune` and `dvc gc`, or move it to a larger disk"
    return Finding("disk", status, seen, "" if status == "ok" else fix)
