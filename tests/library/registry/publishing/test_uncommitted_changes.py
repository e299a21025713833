"""Uncommitted changes of a checkout, published as a patch."""

from __future__ import annotations

import subprocess

from trimtab.pipeline.git import pin_revision
from trimtab.registry.publishing.uncommitted_changes import with_patch


def test_candidate_of_a_checkout_without_changes_has_no_patch(checkout):
    candidate = checkout.gather()

    with with_patch(candidate, checkout.root, pin_revision(checkout.root)) as patched:
        assert patched == candidate


def test_patch_of_a_candidate_gives_the_uncommitted_changes_on_the_commit(checkout, tmp_path):
    (checkout.root / "made" / "notes.txt").write_text("not committed\n")
    revision = pin_revision(checkout.root)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", checkout.root, clone], check=True)

    with with_patch(checkout.gather(), checkout.root, revision) as patched:
        file = patched.files["uncommitted.patch"]
        subprocess.run(["git", "apply", file], cwd=clone, check=True)

    assert (clone / "made" / "notes.txt").read_text() == "not committed\n"
    assert (patched.lineage["uncommitted"], patched.lineage["snapshot"]) == (
        "uncommitted.patch",
        revision.sha,
    )
    assert not file.exists(), "the temporary file is removed"
