"""The commits that a deployment brings, and when each was made."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.git import git

HASH = re.compile(r"[0-9a-f]{7,64}")
NEW = "{}..{}"  # the commits of the second revision that the first one has not


def commit_times(root: Path, before: str, revision: str) -> tuple[datetime, ...]:
    """Return when the commits were made that a revision has and the one before has not.

    Only commits that change the folder count. If there is none, it is the revision itself.

    Args:
        root: The folder of the pipeline, in its git repository.
        before: The revision that was live before; empty if there was none.
        revision: The revision that became live. It is from a tag of MLflow, so it is checked before git gets
            it.

    Returns:
        The times; empty if the repository does not have the revision.
    """
    if not HASH.fullmatch(revision):
        return ()
    try:
        if before and HASH.fullmatch(before):
            listed = git(root, "log", "--format=%cI", NEW.format(before, revision), "--", ".")
            if listed:
                return tuple(map(datetime.fromisoformat, listed.splitlines()))
        return (datetime.fromisoformat(git(root, "show", "--no-patch", "--format=%cI", revision, "--")),)
    except ProjectError:  # a clone without this history, or no repository
        return ()
