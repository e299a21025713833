"""What a run's commit does not hold: the changes of a checkout that were not committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from trimtab.pipeline.git import Revision, git
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.tracking import PATCH


@contextmanager
def with_patch(candidate: Candidate, root: Path, revision: Revision) -> Iterator[Candidate]:
    """Yield the candidate with the changes as a patch on its commit, for ``git apply``; as it is without any.

    Args:
        candidate: The candidate.
        root: The project's root, whose repository holds the revision.
        revision: What the pipeline ran.
    """
    if not revision.dirty:
        yield candidate
        return
    with TemporaryDirectory(prefix="trimtab-") as folder:
        file = Path(folder, PATCH)
        git(root, "diff", "--binary", f"--output={file}", revision.baseline, revision.sha)
        lineage = {**candidate.lineage, "uncommitted": PATCH, "snapshot": revision.sha}
        yield replace(candidate, files={**candidate.files, PATCH: file}, lineage=lineage)
