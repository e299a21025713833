"""Check DVC's remotes: an object of its own is written, read and deleted in each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor.finding import Finding
from trimtab.errors import RemoteError
from trimtab.pipeline.cache import open_remotes


def check_remotes(project: Path) -> Iterator[Finding]:
    """Check the remotes of a project, with the credentials of this process.

    Args:
        project: The project's root.

    Raises:
        ProjectError: DVC refuses the project.
    """
    with open_remotes(project) as remotes:
        for remote in remotes:
            name = f"DVC remote '{remote.name}'"
            try:
                remote.probe()
                address = remote.address(legacy=True)
            except RemoteError as err:
                yield Finding(name, "error", err.what, err.fix)
                continue
            yield Finding(name, "ok", f"{address}: an object can be written, read and deleted")
        if not remotes:
            yield Finding(
                "DVC remote",
                "warning",
                "the project has none: stages can run on one host only, and the cache has no copy",
                "`dvc remote add --default NAME URL`, and commit .dvc/config",
            )
