"""Small files of a DVC remote beside its cache objects."""

from __future__ import annotations

import pytest

from trimtab.errors import RemoteError
from trimtab.pipeline.cache.remote_folder import open_remote_folder


@pytest.fixture
def checkout(project, tmp_path):
    made = project()
    made.write(
        {".dvc/config": f"[core]\n    remote = store\n['remote \"store\"']\n    url = {tmp_path}/store\n"}
    )
    return made


def test_file_is_written_listed_and_read_up_to_a_size(checkout):
    with open_remote_folder(checkout.root, "trimtab/notes") as folder:
        assert folder.list() == []
        assert folder.write("a/b.json", b"1234")
        assert folder.list() == ["a/b.json"]
        assert folder.read("a/b.json", most=4) == b"1234"
        with pytest.raises(RemoteError, match=r"larger than 3 bytes: a/b\.json"):
            folder.read("a/b.json", most=3)
        with pytest.raises(RemoteError, match="DVC remote 'store'"):
            folder.read("a/c.json", most=3)


def test_file_outlives_the_garbage_collection_of_dvc(checkout):
    with open_remote_folder(checkout.root, "trimtab/notes") as folder:
        folder.write("a.json", b"1")
    with checkout.dvc() as repo:
        repo.gc(workspace=True, cloud=True, force=True)
    with open_remote_folder(checkout.root, "trimtab/notes") as folder:
        assert folder.list() == ["a.json"]


def test_project_without_a_remote_has_no_folder(project):
    with open_remote_folder(project().root, "trimtab/notes") as folder:
        assert folder is None
