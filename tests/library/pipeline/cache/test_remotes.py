"""The remotes of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.pipeline.cache.remotes import Remotes

MD5 = "5bbf5a52328e7439ae6e719dfe712200"


@pytest.fixture
def remotes(project, tmp_path):
    """The remotes of a project: the default one, and another."""
    settings = "".join(
        f"['remote \"{name}\"']\n    url = {tmp_path}/{name}\n" for name in ("shared", "other")
    )
    checkout = project({".dvc/config": f"[core]\n    remote = shared\n{settings}", "dvc.yaml": ""})
    with checkout.dvc() as repo:
        yield Remotes(repo)


def test_remote_without_a_name_is_the_default_one(remotes):
    assert remotes.get(None) is remotes.get("shared")
    assert remotes.get("other") is not remotes.get("shared")


def test_remote_of_a_content_is_the_one_that_keeps_it_and_else_the_default_one(remotes):
    remotes.remote_by_hash[MD5] = "other"
    assert remotes.remote_of({"hash": "md5", "md5": MD5}) is remotes.get("other")
    assert remotes.remote_of({"hash": "md5", "md5": "0" * 32}) is remotes.get("shared")


def test_content_without_a_hash_has_no_remote(remotes):
    assert remotes.remote_of({"size": 1}) is None


def test_repository_without_a_default_remote_has_none(project):
    with project({"dvc.yaml": ""}).dvc() as repo:
        assert Remotes(repo).get(None) is None
        assert Remotes(repo).remote_of({"hash": "md5", "md5": MD5}) is None


def test_remote_that_is_not_used_is_not_opened(remotes, tmp_path):
    remotes.get("other")
    assert not Path(tmp_path, "other").exists()
