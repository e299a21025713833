"""The lock files of a version."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import STRONG, WEAK
from trimtab.errors import RegistryError
from trimtab.registry import Version
from trimtab.registry.loading.recorded_locks import (
    download_locks,
    has_registered_locks,
    lock_files,
    read_lock_texts,
)


def version_with(locks: str | None) -> Version:
    tags = {} if locks is None else {"trimtab.lock_files": locks}
    return Version("m", 1, "run", False, "", {}, tags, "sealed")


def test_lock_files_are_those_of_the_tag_and_dvc_lock_without_one():
    assert lock_files(version_with('["dvc.lock", "sub/dvc.lock"]')) == ["dvc.lock", "sub/dvc.lock"]
    assert lock_files(version_with(None)) == ["dvc.lock"]


@pytest.mark.parametrize("locks", ["[]", "{", "7", '["../dvc.lock"]', '["/dvc.lock"]', '["params.yaml"]'])
def test_lock_files_outside_of_the_project_or_of_another_name_are_refused(locks):
    with pytest.raises(RegistryError, match=r"trimtab\.lock_files of m version 1 names no lock file"):
        lock_files(version_with(locks))


def test_lock_files_of_a_version_are_downloaded_and_compared(client, contenders, template, tmp_path):
    locks = download_locks(client, contenders[STRONG], tmp_path)

    assert list(locks) == ["dvc.lock"]
    assert has_registered_locks(contenders[STRONG], tmp_path)
    assert read_lock_texts(client, {STRONG: contenders[STRONG]}) == {STRONG: locks["dvc.lock"].read_text()}
    assert not has_registered_locks(contenders[WEAK], tmp_path)
