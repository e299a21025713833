"""The cache folder of a project."""

from __future__ import annotations

import os

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from trimtab.user_cache import cache_folder


def test_project_without_a_cache_folder_is_planned_and_run(project, monkeypatch):
    monkeypatch.setattr("trimtab.user_cache._bases", lambda: iter(()))
    checkout = project(ran=True)
    assert set(checkout.states().values()) == {"unchanged"}
    assert {outcome.state for outcome in run_here(checkout).values()} == {"unchanged"}


def test_cache_folder_that_is_unused_for_long_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    old, used = (cache_folder(tmp_path / name, "graphs") for name in ("old", "used"))
    os.utime(old.parent, (0, 0))
    os.utime(used.parent, (0, 0))
    assert cache_folder(tmp_path / "used", "graphs") == used
    cache_folder(tmp_path / "new", "graphs")
    assert (old.exists(), used.exists()) == (False, True)


def test_cache_folder_of_a_project_is_its_own_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    folder = cache_folder(tmp_path / "project", "graphs")
    assert folder == cache_folder(tmp_path / "project", "graphs")
    assert folder != cache_folder(tmp_path / "other", "graphs")
    assert (tmp_path / "caches" / "trimtab").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("how", ["link", "open", "in the project", "a file", "replaceable"])
def test_cache_folder_is_not_where_others_can_write(tmp_path, monkeypatch, how):
    root, caches = tmp_path / "project", tmp_path / "caches"
    if how == "in the project":
        caches = root / ".cache"
    caches.mkdir(parents=True)
    if how == "link":
        (tmp_path / "theirs").mkdir(mode=0o700)
        (caches / "trimtab").symlink_to(tmp_path / "theirs")
    elif how == "a file":
        (caches / "trimtab").touch()
    elif how == "replaceable":
        caches.chmod(0o777)
    elif how == "open":
        (caches / "trimtab").mkdir()
        (caches / "trimtab").chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    monkeypatch.setattr("trimtab.user_cache.LOCAL_FOLDERS", (tmp_path / "next",))
    assert cache_folder(root, "graphs").is_relative_to(tmp_path / "next")


def test_cache_folder_without_a_private_place_does_not_exist(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("trimtab.user_cache.LOCAL_FOLDERS", ())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    (tmp_path / "temp").chmod(0o777)
    assert not cache_folder(tmp_path, "graphs").exists()
