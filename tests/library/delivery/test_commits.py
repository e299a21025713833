"""The commits of a deployment; tests/library/delivery/test_deployment.py has those of a real repository."""

from __future__ import annotations

import pytest

from trimtab.delivery.commits import commit_times


@pytest.mark.parametrize("revision", ["", "HEAD", "--all", "abc; id", "f" * 40])
def test_folder_without_a_repository_has_no_commit(tmp_path, revision):
    assert commit_times(tmp_path, "", revision) == ()


@pytest.mark.parametrize("before", ["--output=x", "e" * 40])
def test_revision_before_that_is_none_gives_no_commit(tmp_path, before):
    assert commit_times(tmp_path, before, "f" * 40) == ()
    assert list(tmp_path.iterdir()) == []
