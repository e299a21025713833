"""A folder for downloads."""

from __future__ import annotations

import pytest

from trimtab.registry.tracking.temporary_files import temporary_folder


def test_temporary_folder_is_empty_and_removed_with_its_files():
    with temporary_folder() as folder:
        assert list(folder.iterdir()) == []
        (folder / "sub").mkdir()
        (folder / "sub" / "model.skops").touch()

    assert not folder.exists()


def test_temporary_folder_is_removed_when_its_block_fails():
    with pytest.raises(ValueError, match="broken"), temporary_folder() as folder:
        raise ValueError("broken")

    assert not folder.exists()
