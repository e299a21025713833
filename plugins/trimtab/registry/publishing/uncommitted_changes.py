"""The uncommitted changes of a checkout, published as a patch on the commit of the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from trimtab.pipeline.git import Revision, git
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.tracking import PATCH, Lineage, temporary_folder


@contextmanager
def with_patch(candidate: Candidate, root: Path, revision: Revision) -> Iterator[Candidate]:
    """Yield the candidate with a patch of the uncommitted changes, for ``git apply`` on the run's commit.

    Args:
        candidate: The candidate; it is yielded unchanged if everything was committed.
        root: The project's root, whose repository has the revision.
        revision: What the pipeline ran.
    """
    if not revision.dirty:
        yield candidate
        return
    with temporary_folder() as folder:
        file = folder / PATCH
        git(root, "diff", "--binary", f"--output={file}", revision.baseline, revision.sha)
        lineage: Lineage = {**candidate.lineage, "uncommitted": PATCH, "snapshot": revision.sha}
        yield replace(candidate, files={**candidate.files, PATCH: file}, lineage=lineage)
