"""Restore a backup into an empty folder."""

from __future__ import annotations

import pytest

from tests.library.registry.retention.vault import files
from tests.library.registry.retention.world import flip, write
from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.restoration import check_backup, restore


def test_backup_of_a_project_without_symbolic_links_is_restored(hostile, tmp_path):
    restore(open_backup_location(str(hostile())), tmp_path / "new")
    assert (tmp_path / "new/project/.dvc/cache/files/md5/1b/c29b36f623ba82aaf6724fd3b16718").exists()


@pytest.mark.parametrize(
    "link", [".dvc/cache", ".dvc/cache/files", ".dvc/cache/files/md5/1b", ".dvc/config.local"]
)
def test_restore_writes_through_no_symbolic_link_of_the_project(hostile, tmp_path, link):
    outside = tmp_path / "outside"
    if link.endswith("local"):
        outside.write_text("mine")
    else:
        outside.mkdir()
    with pytest.raises(RegistryError, match="has a symbolic link in a path of the restore"):
        restore(open_backup_location(str(hostile({link: outside}))), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert outside.read_text() == "mine" if outside.is_file() else list(outside.iterdir()) == []


@pytest.mark.slow
def test_restore_of_a_backup_with_a_flipped_bit_names_the_file_and_writes_nothing(vault, tmp_path):
    opened = open_backup_location(str(vault))
    check_backup(opened)
    for path in sorted(path for path in files(vault) if path.stat().st_size):
        held = flip(path, len(path.read_bytes()) // 2)
        try:
            if path.parent.name == "backups" and path.name != opened.list_backups()[-1]:
                continue
            with pytest.raises(RegistryError, match=path.name[:60]):
                restore(opened, tmp_path / "new")
        finally:
            write(path, held)
    assert not list(tmp_path.iterdir())
    check_backup(opened)


@pytest.mark.slow
def test_restore_into_a_folder_that_is_not_empty_is_refused(vault, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(RegistryError, match="not empty"):
        restore(open_backup_location(str(vault)), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_restore_from_a_location_without_a_backup_is_refused(tmp_path):
    with pytest.raises(RegistryError, match=r"no backup[\s\S]*trimtab backup"):
        restore(open_backup_location(str(tmp_path / "nothing")), tmp_path / "new")
