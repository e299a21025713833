"""Tests import the code of a pipeline without meeting that of another one."""

from __future__ import annotations

import sys

import pytest

from trimtab.stages import import_stage


@pytest.fixture
def pipelines(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "features.py").write_text(f"NAME = {name!r}\n")
        (folder / "train.py").write_text("from features import NAME\n")
    return tmp_path


def test_stage_of_each_pipeline_imports_its_own_siblings(pipelines):
    names = [import_stage(pipelines / name, "train").NAME for name in ("one", "two", "one")]
    assert names == ["one", "two", "one"]


def test_imported_stage_leaves_no_trace(pipelines):
    modules, path = set(sys.modules), list(sys.path)
    import_stage(pipelines / "one", "train")
    assert set(sys.modules) == modules
    assert sys.path == path


def test_stage_that_cannot_be_imported_leaves_no_trace(pipelines):
    (pipelines / "one" / "train.py").write_text("from features import MISSING\n")
    modules = set(sys.modules)
    with pytest.raises(ImportError, match="MISSING"):
        import_stage(pipelines / "one", "train")
    assert set(sys.modules) == modules
